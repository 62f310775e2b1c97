fn main() {
    let catalog = cutover::catalog::Catalog::built_in().unwrap();
    for scenario in catalog.scenarios() {
        println!("{}", cutover::prove::trial(&catalog, scenario, &Default::default()).unwrap());
    }
}
