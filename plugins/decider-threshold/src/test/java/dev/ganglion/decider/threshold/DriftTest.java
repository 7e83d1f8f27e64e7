package dev.ganglion.decider.threshold;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ganglion.api.data.Decision;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * Two recordings with labelled anomalies of the Numenta Anomaly Benchmark, one whose normal drifts
 * with the seasons and one whose normal hardly does. What a fixed bound is set to is taken from the
 * first 15 %, as one would when installing it; the options of the adaptive ones were chosen with a
 * look at the data.
 */
class DriftTest {
    private static final Path NAB =
            Path.of(System.getProperty("ganglion.shared.data", "absent"), "data/sensors/nab");

    private static final double CALIBRATED = 0.15;

    private record Window(String from, String to) {
        boolean has(String time) {
            return from.compareTo(time) <= 0 && time.compareTo(to) <= 0;
        }
    }

    private record Recording(List<String> times, double[] values, List<Window> windows) {
        static Recording of(String name) throws IOException {
            List<String> lines = Files.readAllLines(NAB.resolve(name + ".csv"));
            List<String[]> rows = lines.stream().skip(1).map(line -> line.split(",")).toList();
            String all = Files.readString(NAB.resolve("windows.json"));
            int start = all.indexOf('[', all.indexOf(name));
            int end = all.indexOf('"' + ":", start);
            String[] quoted = all.substring(start, end < 0 ? all.length() : end).split("\"");
            List<Window> windows = new ArrayList<>();
            for (int i = 1; i + 2 < quoted.length && quoted[i].startsWith("20"); i += 4) {
                windows.add(new Window(quoted[i].substring(0, 19), quoted[i + 2].substring(0, 19)));
            }
            return new Recording(
                    rows.stream().map(row -> row[0]).toList(),
                    rows.stream().mapToDouble(row -> Double.parseDouble(row[1])).toArray(),
                    windows);
        }

        double calibrated(double share) {
            double[] first = Arrays.copyOf(values, (int) (values.length * CALIBRATED));
            Arrays.sort(first);
            return first[(int) (first.length * share)];
        }
    }

    /** How many windows an alarm stood in, and how many were raised outside of all of them. */
    private record Found(int windows, int outside, int stepsOutside) {}

    private static Found watch(Recording recording, String... deciders) {
        boolean[] found = new boolean[recording.windows.size()];
        int outside = 0;
        int stepsOutside = 0;
        for (String given : deciders) {
            Watched watched = Watched.value(given);
            boolean before = false;
            for (int i = 0; i < recording.values.length; i++) {
                watched.push(recording.values[i]);
                Decision decision = watched.decisions.get(i);
                boolean alarm = decision.sure() && decision.name().equals("alarm");
                boolean within = false;
                for (int window = 0; window < found.length; window++) {
                    boolean has = recording.windows.get(window).has(recording.times.get(i));
                    found[window] |= has && alarm;
                    within |= has;
                }
                outside += alarm && !before && !within ? 1 : 0;
                stepsOutside += alarm && !within ? 1 : 0;
                before = alarm;
            }
        }
        int windows = 0;
        for (boolean each : found) {
            windows += each ? 1 : 0;
        }
        Found all = new Found(windows, outside, stepsOutside);
        System.out.println(Arrays.toString(deciders) + " " + all);
        return all;
    }

    private static String plain(double bound) {
        return String.format(Locale.ROOT, "%.3f", bound);
    }

    @BeforeEach
    void theDataIsThere() {
        Assumptions.assumeTrue(
                Files.exists(NAB), "no data beside the project: shared/data/data/sensors/nab");
    }

    @Test
    void aBoundThatFollowsTheSeasonsRaisesFewerAlarmsThanAFixedOne() throws IOException {
        Recording ambient = Recording.of("ambient_temperature_system_failure");
        assertThat(ambient.windows).hasSize(2);
        Found fixed =
                watch(
                        ambient,
                        "steps=3 above=" + plain(ambient.calibrated(0.99)),
                        "steps=3 below=" + plain(ambient.calibrated(0.01)));
        Found adaptive =
                watch(
                        ambient,
                        "steps=3 quantile=0.95 window=336 margin=3 leave=1.5",
                        "steps=3 quantile=0.05 window=336 margin=-3 leave=-1.5 direction=below");
        assertThat(fixed.windows).isEqualTo(2);
        assertThat(fixed.outside).isGreaterThan(40);
        assertThat(adaptive.windows).isEqualTo(2);
        assertThat(adaptive.outside).isLessThanOrEqualTo(1);
    }

    @Test
    void whereNormalHardlyDriftsAFixedBoundDoesAsWell() throws IOException {
        Recording machine = Recording.of("machine_temperature_system_failure");
        assertThat(machine.windows).hasSize(4);
        Found calibrated = watch(machine, "steps=6 below=" + plain(machine.calibrated(0.01)));
        Found chosen = watch(machine, "steps=6 below=55 leave=65");
        Found adaptive =
                watch(
                        machine,
                        "steps=6 quantile=0.5 window=2016 margin=-30 leave=-15 direction=below");
        assertThat(calibrated.windows).isEqualTo(3);
        assertThat(calibrated.outside).isLessThanOrEqualTo(2);
        assertThat(chosen.windows).isEqualTo(4);
        assertThat(chosen.outside).isLessThanOrEqualTo(6);
        assertThat(adaptive.windows).isEqualTo(4);
        assertThat(adaptive.outside).isLessThanOrEqualTo(7);
    }
}
