//! Who is measured when.

/// The figures of so many contenders, which take turns in each round; the first round only warms up. They
/// come in another order each time, by chance but in each run the same: whoever always came after the same
/// other would always find heap, caches and processors as that one leaves them, and a second program leaves
/// them busy for a while. Of a contender who has no figure there are none, and it is not asked again.
pub(crate) fn in_turn(
    rounds: usize,
    contenders: usize,
    mut figure: impl FnMut(usize) -> Option<f64>,
) -> Vec<Vec<f64>> {
    let mut figures = vec![Some(Vec::new()); contenders];
    let mut order: Vec<_> = (0..contenders).collect();
    let mut chance = Chance(0x9e37_79b9_7f4a_7c15);
    for round in 0..=rounds {
        chance.shuffle(&mut order);
        for &contender in &order {
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

/// Marsaglia's xorshift.
struct Chance(u64);

impl Chance {
    fn next(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0
    }

    fn shuffle(&mut self, order: &mut [usize]) {
        for last in (1..order.len()).rev() {
            order.swap(last, (self.next() % (last as u64 + 1)) as usize);
        }
    }
}
