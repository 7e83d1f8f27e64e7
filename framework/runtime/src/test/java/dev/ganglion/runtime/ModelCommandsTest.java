package dev.ganglion.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ganglion.runtime.model.Lease;
import dev.ganglion.runtime.model.ModelCommands;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ModelCommandsTest extends Switches {
    private ModelCommands commands;

    @BeforeEach
    void twoVersions() {
        commands = new ModelCommands(toys.host);
        firstServesAndSecondIsThere();
    }

    private Map<String, Object> ask(String command, String... keysAndValues) {
        Map<String, Object> request = new HashMap<>(map(keysAndValues));
        request.put("command", command);
        return commands.apply(request);
    }

    private void refused(Map<String, Object> answer, String sentence) {
        assertThat(answer).isEqualTo(Map.of("ok", false, "sentence", sentence));
    }

    private static void done(Map<String, Object> answer, String model, String other, String said) {
        assertThat(answer)
                .isEqualTo(Map.of("ok", true, "model", model, "instead", other, "sentence", said));
    }

    @Test
    void listNamesThoseInMemoryAndThenThoseThatAreOnlyInstalled() {
        toys.store.tokenSum("sum", "1", "");
        ToyStore.write(toys.store.cardFile(toys.store.tokenSum("torn", "1", "")), "name: [");
        Map<String, Object> answer = ask("model.list");
        assertThat(answer)
                .containsEntry("ok", true)
                .containsEntry("folder", toys.store.models.toAbsolutePath().toString());
        assertThat(rows(answer, "models"))
                .extracting(
                        row -> row.get("name"),
                        row -> row.get("version"),
                        row -> row.get("state"),
                        row -> row.get("engine"),
                        row -> row.get("isolation"),
                        row -> row.get("format"),
                        row -> row.get("leases"))
                .map(Object::toString)
                .containsExactly(
                        "(\"switch\", \"1\", \"serving\", \"toy\", \"in-process\", \"toy-linear\","
                                + " 0)",
                        "(\"sum\", \"1\", \"installed\", \"\", \"\", \"token-sum\", 0)",
                        "(\"switch\", \"2\", \"installed\", \"\", \"\", \"toy-linear\", 0)",
                        "(\"torn\", \"1\", \"installed\", \"\", \"\", \"unreadable\", 0)");
        assertThat(rows(answer, "models").get(0))
                .containsEntry("mappedBytes", 0L)
                .containsEntry("allocatedBytes", 8L)
                .containsEntry("sinceMillis", toys.host.serving().get(0).sinceMillis());
    }

    @SuppressWarnings("unchecked")
    private static List<Map<String, Object>> rows(Map<String, Object> answer, String key) {
        return (List<Map<String, Object>>) answer.get(key);
    }

    @Test
    void showTellsWhoHoldsAModelAndWhatWasDecidedAboutIt() {
        try (Lease lease = toys.host.lease("switch", "route kitchen")) {
            Map<String, Object> answer = ask("model.show", "name", "switch");
            assertThat(answer)
                    .containsEntry("ok", true)
                    .containsEntry("name", "switch")
                    .containsEntry("licence", "Apache-2.0");
            assertThat(rows(answer, "leasesHeld"))
                    .containsExactly(
                            Map.of("holder", "route kitchen", "sinceMillis", lease.sinceMillis()));
            assertThat(rows(answer, "log"))
                    .extracting(each -> each.get("sentence"))
                    .containsExactly("model switch@1 serves on engine toy");
            assertThat(rows(answer, "versions"))
                    .extracting(each -> each.get("version"))
                    .containsExactly("1", "2");
            assertThat(answer.get("inputs")).isEqualTo(List.of());
        }
    }

    @Test
    void showOfAModelThatNobodyAskedForIsAboutItsNewestVersion() {
        toys.store.linear("lamp", "1", "", new float[] {0, 1});
        toys.store.linear(
                "lamp",
                "2",
                "outputs: [{name: scores, type: FLOAT32, shape: [1, 1]}]\n",
                new float[] {0, 1});
        Map<String, Object> answer = ask("model.show", "name", "lamp");
        assertThat(answer.get("outputs")).isEqualTo(List.of("scores FLOAT32[1, 1]"));
        assertThat(rows(answer, "log")).isEmpty();
    }

    @Test
    void swapRollbackAndPromoteAnswerWithTheirSentences() {
        done(
                ask("model.swap", "name", "switch", "version", "2"),
                "switch@2",
                "switch@1",
                "model switch@2 serves instead of switch@1");
        done(
                ask("model.rollback", "name", "switch"),
                "switch@1",
                "switch@2",
                "model switch@1 serves instead of switch@2");
        done(
                ask("model.swap", "name", "switch", "version", "2", "strategy", "shadow"),
                "switch@2",
                "switch@1",
                "model switch@2 runs beside switch@1, which goes on answering");
        done(
                ask("model.promote", "name", "switch"),
                "switch@2",
                "switch@1",
                "model switch@2 serves instead of switch@1");
    }

    @Test
    void swapOfAModelThatNobodyAskedForReplacesNothing() {
        toys.store.tokenSum("sum", "1", "");
        done(
                ask("model.swap", "name", "sum", "version", "1"),
                "sum@1",
                "",
                "model sum@1 serves on engine token-sum");
    }

    @Test
    void theEngineIsChanged() {
        toys.plugins.add(new FaultyEngine("other", toys.engine), "the test");
        // Plug-ins changed, so the newer version is found as well.
        awaitServed(SECOND);
        done(
                ask("model.engine", "name", "switch", "engine", "other"),
                "switch@2",
                "switch@2",
                "model switch@2 serves instead of switch@2");
        assertThat(servingEngine()).isEqualTo("other");
    }

    @Test
    void valuesThatAreNoTextsAreTaken() {
        Map<String, Object> answer =
                commands.apply(
                        Map.of(
                                "command",
                                "model.swap",
                                "name",
                                "switch",
                                "version",
                                2,
                                "drainFirst",
                                true));
        assertThat(answer).containsEntry("ok", true).containsEntry("model", "switch@2");
    }

    @Test
    void anUnknownCommandIsRefusedWithThoseThatExist() {
        refused(
                ask("model.delete"),
                "there is no command 'model.delete'; there are: model.engine, model.list,"
                        + " model.promote, model.rollback, model.show, model.swap");
        refused(commands.apply(Map.of()), "the request lacks 'command'; it has: []");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "model.show",
                "model.swap",
                "model.rollback",
                "model.promote",
                "model.engine"
            })
    void aMissingNameIsRefusedWithWhatIsThere(String command) {
        refused(ask(command), "the request lacks 'name'; it has: [command]");
    }

    @ParameterizedTest
    @CsvSource({"model.swap, version", "model.engine, engine"})
    void whatElseACommandNeedsIsRefusedToo(String command, String key) {
        assertThat(ask(command, "name", "switch"))
                .containsEntry("ok", false)
                .extracting(answer -> answer.get("sentence"))
                .asString()
                .startsWith("the request lacks '" + key + "'; it has: ");
    }

    @ParameterizedTest
    @ValueSource(strings = {"model.show", "model.rollback", "model.promote", "model.engine"})
    void anUnknownModelIsRefusedWithThoseThatExist(String command) {
        refused(
                ask(command, "name", "lamp", "engine", "toy"),
                "there is no model 'lamp'; there are: switch");
    }

    @Test
    void anUnknownVersionIsRefusedWithThoseThatExist() {
        refused(
                ask("model.swap", "name", "switch", "version", "9"),
                "there is no model switch@9 in "
                        + toys.store.models.toAbsolutePath()
                        + "; its versions are: 1, 2");
        refused(
                ask("model.swap", "name", "lamp", "version", "9"),
                "there is no model lamp@9 in "
                        + toys.store.models.toAbsolutePath()
                        + "; there are: switch");
    }

    @Test
    void aNameThatCannotBeOneIsRefusedInASentence() {
        refused(
                ask("model.swap", "name", "../etc", "version", "1"),
                "a model's name and version are letters, digits, dots, hyphens and underscores,"
                        + " found '../etc' and '1'");
    }

    @Test
    void anUnknownKeyOfAStrategyIsRefusedWithThoseThatExist() {
        refused(
                ask("model.swap", "name", "switch", "version", "2", "percent", "3"),
                "the command has an unknown key 'percent' for a replacement; the keys are:"
                        + " strategy, drainFirst, probationSeconds, probationMessages, share,"
                        + " maxErrorRate, maxLatencyRatio, maxMemoryMegabytes");
    }

    @Test
    void thereMustBeSomethingToPromoteOrToGoBackTo() {
        refused(
                ask("model.promote", "name", "switch"),
                "model 'switch' has no version on probation, so there is none to promote");
        refused(
                ask("model.rollback", "name", "switch"),
                "model 'switch' has no version on probation and none before the current one, so"
                        + " there is nothing to go back to");
    }
}
