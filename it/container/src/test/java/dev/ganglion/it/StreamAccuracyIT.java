package dev.ganglion.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.jr.ob.JSON;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Sound and readings through the shipped routes, on public data that lies beside the project:
 * within a point of what was published with the models, and equal to the recorded results of the
 * runtime that they were made with.
 */
class StreamAccuracyIT {
    private static final double POINT = 0.01;
    private static final int WAV_HEADER_BYTES = 44;
    private static final int LEAD_SAMPLES = 1_600;
    private static final int STEP_SAMPLES = 160;
    private static final double CAPPED_CYCLES = 125;
    private static final List<String> DIGITS =
            List.of("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine");

    @TempDir Path folder;

    private static Path data(String... path) {
        Path file = Path.of(System.getProperty("ganglion.shared.data"), path);
        assumeTrue(Files.exists(file), file + " is not here; the accuracy is not measured");
        return file;
    }

    /** The decisions of a route, each with what an integrator needs. */
    private List<Map<String, Object>> decisions(String route, String... placeholders) {
        List<String> command = new ArrayList<>(List.of("run", route, "--json"));
        for (String placeholder : placeholders) {
            command.addAll(List.of("--set", placeholder));
        }
        Ganglion run = Ganglion.run(folder, command.toArray(String[]::new));
        assertThat(run.exitStatus()).as("%s", run.err()).isZero();
        List<Map<String, Object>> lines = run.json();
        Map<String, Object> summary = lines.get(lines.size() - 1);
        assertThat(summary).containsEntry("failed", 0).containsEntry("dropped", 0);
        List<Map<String, Object>> decisions = lines.subList(0, lines.size() - 1);
        assertThat(decisions)
                .allSatisfy(
                        decision ->
                                assertThat(decision)
                                        .containsKeys(
                                                "source",
                                                "sequence",
                                                "label",
                                                "confidence",
                                                "stepsSpent",
                                                "stepsTotal",
                                                "micros",
                                                "trace"));
        return decisions;
    }

    private static int integer(Map<String, Object> decision, String key) {
        return ((Number) decision.get(key)).intValue();
    }

    private static double number(Map<String, Object> decision, String key) {
        return ((Number) decision.get(key)).doubleValue();
    }

    @Test
    void spokenDigitsAreHeardBeforeHalfOfTheWordIsOver() throws IOException {
        Path clips = data("data", "digits", "test");
        List<Map<String, Object>> decisions =
                decisions(Ganglion.route("keyword-relay"), "input=" + clips);
        assertThat(decisions).hasSize(250);
        int right = 0;
        int early = 0;
        int rightEarly = 0;
        double heard = 0;
        for (Map<String, Object> decision : decisions) {
            Path clip = Path.of(String.valueOf(decision.get("source")));
            int digit = clip.getFileName().toString().charAt(0) - '0';
            boolean correct = DIGITS.get(digit).equals(decision.get("label"));
            right += correct ? 1 : 0;
            int spent = integer(decision, "stepsSpent");
            if (spent < integer(decision, "stepsTotal")) {
                early++;
                rightEarly += correct ? 1 : 0;
                double samples = (Files.size(clip) - WAV_HEADER_BYTES) / 2.0;
                heard += (spent * STEP_SAMPLES - LEAD_SAMPLES) / samples;
            }
        }
        System.out.printf(
                Locale.ROOT,
                "kws-digits: right %.1f %% of %d; sure early %.1f %%, right then %.1f %%, after"
                        + " %.1f %% of the word%n",
                100.0 * right / decisions.size(),
                decisions.size(),
                100.0 * early / decisions.size(),
                100.0 * rightEarly / early,
                100.0 * heard / early);
        assertThat((double) right / decisions.size()).isGreaterThanOrEqualTo(0.97);
        assertThat((double) early / decisions.size()).isCloseTo(0.972, within(POINT));
        assertThat((double) rightEarly / early).isCloseTo(1, within(POINT));
        assertThat(heard / early).isLessThanOrEqualTo(0.5).isCloseTo(0.457, within(POINT));
    }

    @Test
    void eachClipIsDecidedAtTheStepThatWasRecorded() throws IOException {
        Map<String, Object> golden =
                JSON.std.mapFrom(Files.readString(data("golden", "kws-digits.json")));
        Path clips = data("data", "digits", "test");
        Path some = Files.createDirectory(folder.resolve("clips"));
        Map<String, Object> expected = new LinkedHashMap<>();
        for (Object each : (List<?>) golden.get("cases")) {
            Map<?, ?> one = (Map<?, ?>) each;
            String wav = String.valueOf(one.get("wav"));
            Files.copy(clips.resolve(wav), some.resolve(wav));
            Map<?, ?> outputs = (Map<?, ?>) one.get("outputs");
            expected.put(wav, ((Map<?, ?>) outputs.get("kws_step.onnx")).get("early_exit"));
        }
        assertThat(expected).hasSize(8);
        List<Map<String, Object>> decisions =
                decisions(Ganglion.route("keyword-relay"), "input=" + some);
        assertThat(decisions).hasSize(8);
        for (Map<String, Object> decision : decisions) {
            String wav = Path.of(String.valueOf(decision.get("source"))).getFileName().toString();
            if (expected.get(wav) instanceof List<?> exit) {
                int digit = ((Number) exit.get(0)).intValue();
                int step = ((Number) exit.get(1)).intValue();
                assertThat(decision)
                        .as(wav)
                        .containsEntry("label", DIGITS.get(digit))
                        .containsEntry("stepsSpent", step + 1);
            } else {
                assertThat(integer(decision, "stepsSpent"))
                        .as(wav)
                        .isEqualTo(integer(decision, "stepsTotal"));
            }
        }
    }

    @Test
    void occupancyIsAsAccurateAsPublished() throws IOException {
        Path file = data("data", "sensors", "occupancy", "datatest.txt");
        List<String> rows = Files.readAllLines(file);
        classifies("occupancy", file, "occupied", rows, 0.979, 0.9719, 0.9892);
    }

    @Test
    void machineFailureIsAsAccurateAsPublished() throws IOException {
        Path file = data("data", "sensors", "ai4i", "public_test.csv");
        List<String> rows = new ArrayList<>();
        for (String row : Files.readAllLines(file)) {
            // The failure stands before its five causes.
            rows.add(row.replaceFirst("(,[^,]*){5}$", ""));
        }
        classifies("ai4i", file, "failure", rows, 0.9717, 0.5981, 0.9835);
    }

    /** The truth is the last column of each row; the first row is the header. */
    private void classifies(
            String model,
            Path file,
            String positive,
            List<String> rows,
            double accuracy,
            double f1,
            double areaUnderCurve) {
        List<Map<String, Object>> decisions =
                decisions(Ganglion.route("machine-health"), "model=" + model, "input=" + file);
        assertThat(decisions).hasSize(rows.size() - 1);
        List<Double> positives = new ArrayList<>();
        List<Double> negatives = new ArrayList<>();
        int right = 0;
        int found = 0;
        int foundRight = 0;
        for (Map<String, Object> decision : decisions) {
            boolean truth = rows.get(integer(decision, "sequence") - 1).endsWith(",1");
            boolean said = positive.equals(decision.get("label"));
            assertThat(decision).containsEntry("unit", "1");
            (truth ? positives : negatives).add(number(decision, "value"));
            right += truth == said ? 1 : 0;
            found += said ? 1 : 0;
            foundRight += truth && said ? 1 : 0;
        }
        asRecorded(model, rows, decisions);
        double measured = (double) right / decisions.size();
        double measuredF1 = 2.0 * foundRight / (found + positives.size());
        double pairs = 0;
        for (double high : positives) {
            for (double low : negatives) {
                pairs += high > low ? 1 : high == low ? 0.5 : 0;
            }
        }
        double area = pairs / positives.size() / negatives.size();
        System.out.printf(
                Locale.ROOT,
                "%s: accuracy %.1f %%, F1 %.4f, AUC %.4f on %d readings%n",
                model,
                100 * measured,
                measuredF1,
                area,
                decisions.size());
        assertThat(measured).isCloseTo(accuracy, within(POINT));
        assertThat(measuredF1).isCloseTo(f1, within(POINT));
        assertThat(area).isCloseTo(areaUnderCurve, within(POINT));
    }

    /** Some rows were run by the reference runtime, too. */
    private void asRecorded(String model, List<String> rows, List<Map<String, Object>> decisions) {
        Map<?, ?> golden;
        try {
            golden =
                    (Map<?, ?>)
                            JSON.std
                                    .mapFrom(Files.readString(data("golden", "sensors.json")))
                                    .get(model);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        List<?> features = (List<?>) golden.get("features");
        List<?> results = (List<?>) golden.get("model.onnx");
        assertThat(features).hasSize(8);
        for (int i = 0; i < features.size(); i++) {
            int row = row(rows, (List<?>) features.get(i));
            double expected = ((Number) ((List<?>) results.get(i)).get(1)).doubleValue();
            assertThat(number(decisions.get(row - 1), "value"))
                    .as("row %d of %s", row + 1, model)
                    .isCloseTo(expected, within(1e-4));
        }
    }

    /** The row that ends, before its truth, with these numbers, apart from the first. */
    private static int row(List<String> rows, List<?> features) {
        for (int row = 1; row < rows.size(); row++) {
            String[] columns = rows.get(row).split(",");
            int offset = columns.length - 1 - features.size();
            boolean same = true;
            for (int i = 1; same && i < features.size(); i++) {
                float wanted = ((Number) features.get(i)).floatValue();
                same = Float.parseFloat(columns[offset + i].strip()) == wanted;
            }
            if (same) {
                return row;
            }
        }
        throw new AssertionError("no row has " + features);
    }

    @Test
    void theLifeOfEnginesIsAsAccurateAsPublished() throws IOException {
        Path file = data("data", "sensors", "cmapss", "test_FD001_units_1_50.txt");
        List<String> lives =
                Files.readAllLines(data("data", "sensors", "cmapss", "RUL_units_1_50.txt"));
        List<Map<String, Object>> decisions =
                decisions(Ganglion.route("machine-health"), "input=" + file);
        Map<String, List<Double>> engines = new LinkedHashMap<>();
        for (Map<String, Object> decision : decisions) {
            assertThat(decision).containsEntry("unit", "{cycle}");
            String source = String.valueOf(decision.get("source"));
            engines.computeIfAbsent(
                            source.substring(source.indexOf('#') + 1), any -> new ArrayList<>())
                    .add(number(decision, "value"));
        }
        assertThat(engines).hasSize(50);
        double squares = 0;
        for (int i = 0; i < lives.size() && i < 50; i++) {
            List<Double> values = engines.get(String.valueOf(i + 1));
            double truth = Math.min(CAPPED_CYCLES, Double.parseDouble(lives.get(i).strip()));
            double said = Math.min(CAPPED_CYCLES, values.get(values.size() - 1));
            squares += (truth - said) * (truth - said);
        }
        double rmse = Math.sqrt(squares / 50);
        System.out.printf(Locale.ROOT, "cmapss-rul: RMSE %.2f cycles on 50 engines%n", rmse);
        assertThat(rmse).isCloseTo(9.65, within(0.1));
        Map<String, Object> golden =
                JSON.std.mapFrom(Files.readString(data("golden", "sensors.json")));
        Map<?, ?> recorded = (Map<?, ?>) golden.get("cmapss-rul");
        List<?> expected = (List<?>) recorded.get("rul_step_int8.onnx");
        List<Double> values = engines.get(String.valueOf(recorded.get("unit")));
        assertThat(values).hasSameSizeAs(expected);
        for (int i = 0; i < expected.size(); i++) {
            double each = ((Number) expected.get(i)).doubleValue();
            // What int8 kernels of two processors may differ by.
            assertThat(values.get(i))
                    .as("cycle %d", i + 1)
                    .isCloseTo(each, within(0.1 * Math.max(1, each)));
        }
    }

    @Test
    void drawnDigitsAreAsAccurateAsPublished() throws IOException {
        Path file = data("data", "sensors", "wand", "strokes.json");
        StringBuilder csv = new StringBuilder("stroke,x,y\n");
        List<Integer> labels = new ArrayList<>();
        for (Object each : JSON.std.listFrom(Files.readString(file))) {
            Map<?, ?> stroke = (Map<?, ?>) each;
            for (Object point : (List<?>) stroke.get("points")) {
                List<?> xy = (List<?>) point;
                csv.append(labels.size()).append(',').append(xy.get(0));
                csv.append(',').append(xy.get(1)).append('\n');
            }
            labels.add(((Number) stroke.get("label")).intValue());
        }
        Folders.write(folder.resolve("strokes.csv"), csv.toString());
        Path route =
                Folders.write(
                        folder.resolve("wand.camel.yaml"),
                        """
                        - route:
                            from:
                              uri: sense:series?path=strokes.csv&columns=x,y&streamColumn=stroke&utterance=stream
                              steps:
                                - to: encode:window
                                - to: infer:wand
                                - to: decide:labels
                        """);
        List<Map<String, Object>> decisions = decisions(route.toString());
        assertThat(decisions).hasSameSizeAs(labels);
        int right = 0;
        for (Map<String, Object> decision : decisions) {
            String source = String.valueOf(decision.get("source"));
            int stroke = Integer.parseInt(source.substring(source.indexOf('#') + 1));
            right += String.valueOf(labels.get(stroke)).equals(decision.get("label")) ? 1 : 0;
        }
        System.out.printf("wand: %d of %d strokes right%n", right, labels.size());
        assertThat((double) right / labels.size()).isCloseTo(0.995, within(POINT));
    }
}
