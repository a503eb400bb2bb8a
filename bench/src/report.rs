//! Prints figures.

use serde_json::{Number, Value, json};

/// Prints the figures of one bench as they come.
pub struct Report {
    bench: &'static str,
    json: bool,
}

impl Report {
    /// A report; the name of the bench is printed first, unless it is for programs.
    pub fn new(bench: &'static str, json: bool) -> Self {
        if !json {
            println!("{bench}");
        }
        Self { bench, json }
    }

    /// A figure.
    pub fn figure(&mut self, figure: &str, value: f64, unit: &str) {
        self.line(figure, value, unit, "");
    }

    /// A figure with what it is held against, such as `at most 60`.
    pub fn figure_with_limit(&mut self, figure: &str, value: f64, unit: &str, limit: &str) {
        self.line(figure, value, unit, limit);
    }

    /// How it was measured; for people only.
    pub fn note(&mut self, text: &str) {
        if !self.json {
            println!("  {text}");
        }
    }

    fn line(&self, figure: &str, value: f64, unit: &str, limit: &str) {
        if self.json {
            println!(
                "{}",
                json!({ "bench": self.bench, "figure": figure, "value": number(value), "unit": unit })
            );
        } else {
            let beside = if limit.is_empty() { String::new() } else { format!("   ({limit})") };
            println!("  {figure:<28}{:>12} {unit:<6}{beside}", shown(value));
        }
    }
}

/// Whole numbers are written as such.
fn number(value: f64) -> Value {
    let thousandths = (value * 1e3).round();
    if thousandths % 1e3 == 0.0 {
        return Value::from((thousandths / 1e3) as i64);
    }
    Number::from_f64(thousandths / 1e3).map_or(Value::Null, Value::Number)
}

fn shown(value: f64) -> String {
    if value.fract() == 0.0 { format!("{value:.0}") } else { format!("{value:.2}") }
}

/// The middle of some values; 0 of none.
pub fn median(values: &[f64]) -> f64 {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    let middle = sorted.len() / 2;
    let upper = sorted.get(middle).copied().unwrap_or_default();
    if sorted.len() % 2 == 1 {
        return upper;
    }
    let lower = middle.checked_sub(1).and_then(|place| sorted.get(place));
    lower.map_or(upper, |lower| f64::midpoint(*lower, upper))
}

/// The value below which this share of the values lies; 0 of none.
pub fn quantile(values: &[f64], share: f64) -> f64 {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    let last = sorted.len().saturating_sub(1);
    let place = (last as f64 * share).round() as usize;
    sorted.get(place.min(last)).copied().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_median_of_an_even_number_lies_between_the_two_in_the_middle() {
        assert_eq!(median(&[9.0, 1.0, 4.0]), 4.0);
        assert_eq!(median(&[9.0, 1.0, 4.0, 2.0]), 3.0);
        assert_eq!(median(&[]), 0.0);
    }

    #[test]
    fn a_quantile_is_one_of_the_values() {
        let values: Vec<f64> = (0..=100).map(f64::from).collect();
        assert_eq!(quantile(&values, 0.99), 99.0);
        assert_eq!(quantile(&values, 0.0), 0.0);
        assert_eq!(quantile(&values, 1.0), 100.0);
    }

    #[test]
    fn a_count_is_a_whole_number_for_programs() {
        assert_eq!(number(1.0).to_string(), "1");
        assert_eq!(number(2.345_678).to_string(), "2.346");
    }
}
