//! A rollout many times over, with failures that are drawn.
//!
//! All servers of a wave are begun together, and each comes to its end or fails. The stop rule is looked at as they end: where
//! it is met, no further wave is begun, and what was begun ends. The same seed draws the same failures everywhere.

use super::{Amount, Rollout, Share, Survey};
use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{Rng, SeedableRng};

/// How a rollout is rehearsed.
#[derive(Clone, Debug)]
pub struct Rehearsal {
    /// How often.
    pub runs: u32,
    /// Of how many servers a step fails.
    pub failure_rate: Share,
    /// What failures are drawn from.
    pub seed: u64,
    /// When to stop.
    pub stop: StopRule,
}

/// When a rollout is stopped: at the first of these.
#[derive(Clone, Debug, Default)]
pub struct StopRule {
    /// So many failures within a wave, or such a share of its servers.
    pub of_wave: Vec<Amount>,
    /// So many failures since the start, or such a share of the servers that were begun.
    pub of_all: Vec<Amount>,
}

impl StopRule {
    /// True where nothing ever stops.
    pub fn is_empty(&self) -> bool {
        self.of_wave.is_empty() && self.of_all.is_empty()
    }

    fn is_met(&self, of_wave: (u64, u64), of_all: (u64, u64)) -> bool {
        let met = |amounts: &[Amount], (failed, begun)| amounts.iter().any(|amount| amount.is_reached(failed, begun));
        met(&self.of_wave, of_wave) || met(&self.of_all, of_all)
    }
}

/// How many servers that are in some state, over several runs.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    /// In all runs together.
    pub total: u64,
    /// In the run with the most.
    pub most: u64,
}

impl Tally {
    fn add(&mut self, count: u64) {
        self.total += count;
        self.most = self.most.max(count);
    }
}

/// What came of it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Rehearsed {
    /// How many runs were stopped in each wave.
    pub stopped: Vec<u32>,
    /// Servers on which a step failed, in all runs.
    pub failed: Tally,
    /// Servers that a failure left half-way, in the runs that were stopped.
    pub half_way: Tally,
    /// Servers that a failure left without an active antivirus, in the runs that were stopped.
    pub unprotected: Tally,
    /// The same two in the runs that came to their end.
    pub half_way_at_end: Tally,
    /// The same.
    pub unprotected_at_end: Tally,
    /// Servers of which no step lists a failure, so that none was drawn.
    pub never_fail: usize,
}

/// Rehearses a rollout.
pub fn rehearse(survey: &Survey, rollout: &Rollout, rehearsal: &Rehearsal) -> Rehearsed {
    let mut rehearsed = Rehearsed { stopped: vec![0; rollout.waves.len()], ..Rehearsed::default() };
    let waves: Vec<Vec<usize>> =
        rollout.waves.iter().map(|wave| wave.servers.iter().map(|server| survey.servers[*server].way).collect()).collect();
    rehearsed.never_fail = waves.iter().flatten().filter(|way| survey.ways[**way].faults.is_empty()).count();
    for run in 0..rehearsal.runs {
        let mut draw = Draw::new(rehearsal.seed, run);
        let (mut all, mut begun) = (Failures::default(), 0);
        let mut stopped = None;
        for (number, wave) in waves.iter().enumerate() {
            let mut failures = Failures::default();
            for way in wave {
                if draw.happens(rehearsal.failure_rate) {
                    failures.add(&survey.ways[*way].faults, &mut draw);
                }
            }
            begun += wave.len() as u64;
            all.failed += failures.failed;
            all.half_way += failures.half_way;
            all.unprotected += failures.unprotected;
            if rehearsal.stop.is_met((failures.failed, wave.len() as u64), (all.failed, begun)) {
                stopped = Some(number);
                break;
            }
        }
        rehearsed.failed.add(all.failed);
        if let Some(number) = stopped {
            rehearsed.stopped[number] += 1;
            rehearsed.half_way.add(all.half_way);
            rehearsed.unprotected.add(all.unprotected);
        } else {
            rehearsed.half_way_at_end.add(all.half_way);
            rehearsed.unprotected_at_end.add(all.unprotected);
        }
    }
    rehearsed
}

#[derive(Default)]
struct Failures {
    failed: u64,
    half_way: u64,
    unprotected: u64,
}

impl Failures {
    /// A step fails, one of those that list failures, in one of the ways that it lists.
    fn add(&mut self, faults: &[Vec<super::Left>], draw: &mut Draw) {
        let step = draw.below(faults.len());
        let Some(left) = faults.get(step).and_then(|left| left.get(draw.below(left.len()))) else { return };
        self.failed += 1;
        self.half_way += u64::from(left.half_way);
        self.unprotected += u64::from(left.unprotected);
    }
}

/// What is drawn in one run. Numbers are taken from the generator as they come, without the distributions of a library, which
/// may change with its versions; nothing is computed with fractions, which may differ between machines.
struct Draw(ChaCha8Rng);

impl Draw {
    fn new(seed: u64, run: u32) -> Self {
        let mut key = [0; 32];
        key[..8].copy_from_slice(&seed.to_le_bytes());
        let mut generator = ChaCha8Rng::from_seed(key);
        generator.set_stream(u64::from(run));
        Self(generator)
    }

    /// True in this share of cases.
    fn happens(&mut self, share: Share) -> bool {
        u64::from(self.0.next_u32()) * 1_000_000 < u64::from(share.millionths()) << 32
    }

    /// A number below another one; 0 where there is none.
    fn below(&mut self, most: usize) -> usize {
        let number = (u128::from(self.0.next_u32()) * most as u128) >> 32;
        usize::try_from(number).unwrap_or_default()
    }
}
