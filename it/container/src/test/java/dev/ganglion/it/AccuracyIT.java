package dev.ganglion.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.jr.ob.JSON;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * What the shipped models understand, through the whole container, on data that they were not
 * trained on.
 */
class AccuracyIT {
    private static final double POINTS = 1;

    private record Utterance(String text, String intent, List<String> slots) {}

    @TempDir Path folder;

    @Test
    void nluMicroIsAsAccurateAsPublished() throws IOException {
        isAsAccurate("nlu-micro", 88.6, 66.6);
    }

    @Test
    void nluSmallIsAsAccurateAsPublished() throws IOException {
        isAsAccurate("nlu-small", 92.3, 73.5);
    }

    private void isAsAccurate(String model, double intentPercent, double slotPercent)
            throws IOException {
        List<Utterance> utterances = testSplit();
        Path input =
                Folders.write(
                        folder.resolve("test.txt"),
                        utterances.stream()
                                .map(Utterance::text)
                                .collect(Collectors.joining("\n", "", "\n")));
        Ganglion run =
                Ganglion.run(
                        folder,
                        "run",
                        Ganglion.route("kitchen-commands"),
                        "--json",
                        "--set",
                        "input=" + input,
                        "--set",
                        "model=" + model,
                        "--set",
                        "above=0");
        assertThat(run.exitStatus()).as("%s", run.err()).isZero();
        List<Map<String, Object>> lines = run.json();
        assertThat(lines).hasSize(utterances.size() + 1);
        int right = 0;
        int expected = 0;
        int found = 0;
        int both = 0;
        for (int i = 0; i < utterances.size(); i++) {
            Utterance utterance = utterances.get(i);
            Map<String, Object> decision = lines.get(i);
            assertThat(decision).containsEntry("text", utterance.text());
            right += utterance.intent().equals(decision.get("intent")) ? 1 : 0;
            List<String> slots = new ArrayList<>();
            ((Map<?, ?>) decision.get("slots"))
                    .forEach(
                            (name, text) ->
                                    slots.add(
                                            String.valueOf(name).replaceFirst("_\\d+$", "")
                                                    + "="
                                                    + text));
            expected += utterance.slots().size();
            found += slots.size();
            for (String slot : utterance.slots()) {
                both += slots.remove(slot) ? 1 : 0;
            }
        }
        double intent = 100.0 * right / utterances.size();
        double f1 = 100.0 * 2 * both / (expected + found);
        System.out.printf(
                Locale.ROOT,
                "%s: intent %.1f %%, slot F1 %.1f on %d utterances%n",
                model,
                intent,
                f1,
                utterances.size());
        assertThat(intent).isCloseTo(intentPercent, within(POINTS));
        assertThat(f1).isCloseTo(slotPercent, within(POINTS));
    }

    private static List<Utterance> testSplit() throws IOException {
        Path file =
                Path.of(
                        System.getProperty("ganglion.shared.data"),
                        "data",
                        "nlu",
                        "hwu64_test.json");
        assumeTrue(
                Files.exists(file),
                "the test split " + file + " is not here; the accuracy is not measured");
        List<Utterance> utterances = new ArrayList<>();
        for (Object each : JSON.std.listFrom(Files.readString(file))) {
            Map<?, ?> labelled = (Map<?, ?>) each;
            List<String> words =
                    ((List<?>) labelled.get("words")).stream().map(String::valueOf).toList();
            List<?> tags = (List<?>) labelled.get("tags");
            utterances.add(
                    new Utterance(
                            String.join(" ", words),
                            String.valueOf(labelled.get("intent")),
                            slots(words, tags)));
        }
        return utterances;
    }

    private static List<String> slots(List<String> words, List<?> tags) {
        List<String> slots = new ArrayList<>();
        for (int i = 0; i < words.size(); i++) {
            String tag = String.valueOf(tags.get(i));
            if (tag.startsWith("B-")) {
                slots.add(tag.substring(2) + "=" + words.get(i));
            } else if (tag.startsWith("I-")) {
                slots.set(slots.size() - 1, slots.get(slots.size() - 1) + " " + words.get(i));
            }
        }
        return slots;
    }

    @Test
    void threeSentencesTeachAnIntentAndWhatIsElseIsNone() {
        Path route = folder.resolve("route");
        Folders.route(
                route,
                "nearest",
                "sense:text?path=in.txt",
                "encode:wordpiece",
                "infer:all-minilm-l6-v2",
                "decide:nearest?examples=examples.yaml");
        Folders.write(
                route.resolve("examples.yaml"),
                """
                open_blinds:
                - open the blinds
                - let some daylight in
                - raise the shutters please
                water_plants:
                - water the plants
                - the flowers are thirsty
                - give the tomatoes some water
                """);
        Folders.write(
                route.resolve("in.txt"),
                """
                please raise the blinds
                let the daylight in
                my plants need some water
                water the flowers
                who won the football game yesterday
                what is the square root of nine
                """);
        Ganglion run = Ganglion.run(folder, "run", route.toString(), "--json");
        assertThat(run.exitStatus()).as("%s", run.err()).isZero();
        assertThat(run.json())
                .extracting(line -> line.get("intent"))
                .containsExactly(
                        "open_blinds",
                        "open_blinds",
                        "water_plants",
                        "water_plants",
                        "none",
                        "none",
                        null);
        assertThat(run.json().get(4).get("action")).isNull();
    }
}
