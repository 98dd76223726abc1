//! Who is measured when.

/// The figures of so many contenders, which take turns in each round; the first round only warms up. Each
/// round is begun by another: the first finds the heap as none of the others does. Of a contender who has no
/// figure there are none, and it is not asked again.
pub(crate) fn in_turn(
    rounds: usize,
    contenders: usize,
    mut figure: impl FnMut(usize) -> Option<f64>,
) -> Vec<Vec<f64>> {
    let mut figures = vec![Some(Vec::new()); contenders];
    for round in 0..=rounds {
        for turn in 0..contenders {
            let contender = (round + turn) % contenders;
            let place = &mut figures[contender];
            let Some(counted) = place else { continue };
            match figure(contender) {
                Some(figure) if round > 0 => counted.push(figure),
                Some(_warming_up) => {}
                None => *place = None,
            }
        }
    }
    figures.into_iter().map(Option::unwrap_or_default).collect()
}
