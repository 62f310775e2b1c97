//! Which elements of a list have moved: the fewest that can be said to have.

/// The elements of `to` that stand elsewhere than in `from`, where both have them: all but a longest run that kept its order.
/// Each element is there once.
pub(super) fn moved<'t>(from: &[&str], to: &[&'t str]) -> Vec<&'t str> {
    let places: Vec<(&'t str, usize)> =
        to.iter().filter_map(|name| from.iter().position(|other| other == name).map(|at| (*name, at))).collect();
    // For each element the longest run that ends there, and the element before it in that run.
    let mut best: Vec<(usize, Option<usize>)> = Vec::with_capacity(places.len());
    for (at, (_, place)) in places.iter().enumerate() {
        let before = (0..at).filter(|earlier| places[*earlier].1 < *place);
        let longest = before.max_by_key(|earlier| (best[*earlier].0, std::cmp::Reverse(*earlier)));
        best.push((longest.map_or(1, |earlier| best[earlier].0 + 1), longest));
    }
    let mut kept = vec![false; places.len()];
    let mut at = (0..best.len()).max_by_key(|at| (best[*at].0, std::cmp::Reverse(*at)));
    while let Some(here) = at {
        kept[here] = true;
        at = best[here].1;
    }
    places.iter().zip(kept).filter(|(_, kept)| !kept).map(|((name, _), _)| *name).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn as_few_as_can_be_have_moved() {
        assert!(moved(&["a", "b", "c"], &["a", "b", "c"]).is_empty());
        assert_eq!(moved(&["a", "b", "c", "d"], &["d", "a", "b", "c"]), ["d"]);
        assert_eq!(moved(&["a", "b", "c", "d"], &["b", "c", "d", "a"]), ["a"]);
        assert_eq!(moved(&["a", "b"], &["b", "a"]), ["a"]);
        // What is only in one of the two has not moved.
        assert!(moved(&["a", "x", "b"], &["y", "a", "b", "z"]).is_empty());
        assert!(moved(&[], &["a"]).is_empty());
    }
}
