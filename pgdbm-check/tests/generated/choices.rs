//! Where a generator's choices come from: a deterministic stream that is written down as it is drawn, so that a case can be made
//! again, and made smaller by changing what is written down.

/// A stream of choices. Where it has been given choices it repeats them, and after them it draws zeros; a choice of zero is
/// always the simplest one, so that fewer and smaller choices make simpler cases.
#[derive(Debug)]
pub(crate) struct Choices {
    given: Vec<u32>,
    drawn: Vec<u32>,
    random: Option<Random>,
}

impl Choices {
    /// Choices at random, the same for the same seed.
    pub(crate) fn random(seed: u64) -> Self {
        Self {
            given: Vec::new(),
            drawn: Vec::new(),
            random: Some(Random(seed)),
        }
    }

    /// These choices, then zeros.
    pub(crate) fn repeated(given: &[u32]) -> Self {
        Self {
            given: given.to_vec(),
            drawn: Vec::new(),
            random: None,
        }
    }

    /// What has been drawn so far.
    pub(crate) fn into_drawn(self) -> Vec<u32> {
        self.drawn
    }

    fn draw(&mut self) -> u32 {
        let choice = match self.given.get(self.drawn.len()) {
            Some(choice) => *choice,
            None => self.random.as_mut().map_or(0, Random::next),
        };
        self.drawn.push(choice);
        choice
    }

    /// A number below the limit (0 where the limit is 0).
    pub(crate) fn below(&mut self, limit: usize) -> usize {
        let choice = self.draw();
        usize::try_from(choice).unwrap_or_default() % limit.max(1)
    }

    /// True in so many of a hundred cases; false is the simpler answer.
    pub(crate) fn chance(&mut self, percent: usize) -> bool {
        self.below(100) >= 100 - percent
    }

    /// One of these.
    pub(crate) fn pick<T: Copy>(&mut self, from: &[T]) -> Option<T> {
        let index = self.below(from.len());
        from.get(index).copied()
    }

    /// One of these words.
    pub(crate) fn word(&mut self, from: &[&'static str]) -> &'static str {
        self.pick(from).unwrap_or_default()
    }

    /// The number of an alternative, each as likely as its weight says.
    pub(crate) fn weighted(&mut self, weights: &[usize]) -> usize {
        let mut left = self.below(weights.iter().sum());
        for (index, weight) in weights.iter().enumerate() {
            if left < *weight {
                return index;
            }
            left -= weight;
        }
        0
    }
}

/// Numbers that look random (splitmix64): small, quick, and the same everywhere.
#[derive(Debug)]
struct Random(u64);

impl Random {
    fn next(&mut self) -> u32 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        let high = (mixed ^ (mixed >> 31)) >> 33;
        u32::try_from(high).unwrap_or_default()
    }
}
