//! What the operating system says of this process.

use std::fs;
use std::sync::atomic::AtomicU64;

use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::registry::Registry;

/// Linux tells user space times in these parts of a second, whatever its own clock does.
const TICKS: f64 = 100.0;

type Seconds = Gauge<f64, AtomicU64>;

/// Adds the usual figures; where the operating system keeps them elsewhere, only the first.
pub fn register(registry: &mut Registry, started_millis: i64) {
    let start = Seconds::default();
    #[expect(clippy::cast_precision_loss, reason = "the milliseconds of our age fit into 52 bits")]
    start.set(started_millis as f64 / 1_000.0);
    registry.register("process_start_time_seconds", "When the process began, since the Unix epoch", start);
    if let Some(bytes) = resident() {
        let memory: Gauge = Gauge::default();
        memory.set(bytes);
        registry.register("process_resident_memory_bytes", "Memory in use", memory);
    }
    if let Some(seconds) = used() {
        let time = Counter::<f64, AtomicU64>::default();
        time.inc_by(seconds);
        registry.register("process_cpu_seconds", "Time spent computing", time);
    }
    if let Some(files) = open_files() {
        let open: Gauge = Gauge::default();
        open.set(files);
        registry.register("process_open_fds", "Open files and connections", open);
    }
}

fn resident() -> Option<i64> {
    let status = fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"))?;
    let kibibytes: i64 = line.trim().strip_suffix("kB")?.trim().parse().ok()?;
    kibibytes.checked_mul(1_024)
}

fn used() -> Option<f64> {
    let stat = fs::read_to_string("/proc/self/stat").ok()?;
    // The name of the program stands in parentheses and may hold anything.
    let (_, numbers) = stat.rsplit_once(')')?;
    let mut ticks = numbers.split_whitespace().skip(11);
    let (user, system): (f64, f64) = (ticks.next()?.parse().ok()?, ticks.next()?.parse().ok()?);
    Some((user + system) / TICKS)
}

fn open_files() -> Option<i64> {
    // One of them is the folder that is read.
    let files = fs::read_dir("/proc/self/fd").ok()?.count().saturating_sub(1);
    i64::try_from(files).ok()
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use super::*;

    #[test]
    fn the_operating_system_is_understood() {
        assert!(resident().is_some_and(|bytes| bytes > 100_000));
        assert!(used().is_some_and(|seconds| (0.0..1e6).contains(&seconds)));
        assert!(open_files().is_some_and(|files| files >= 3));
    }
}
