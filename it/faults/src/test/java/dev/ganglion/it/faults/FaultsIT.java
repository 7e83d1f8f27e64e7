package dev.ganglion.it.faults;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.SoftAssertions.assertSoftly;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The short form of the command; how fast it was is told and not asked for. */
class FaultsIT {
    private static List<Row> rows = List.of();
    private static Map<Subject, Double> callMicros = Map.of();

    @BeforeAll
    static void runTheShortForm() throws IOException {
        Path root = Path.of(System.getProperty("ganglion.root")).toAbsolutePath().normalize();
        Faults faults =
                new Faults(
                        root.resolve("bundles/image-standard/target/ganglion"),
                        root.resolve("it/faults/target/faults-it"),
                        Plan.SHORT);
        rows = faults.run();
        callMicros = faults.callMicros();
        Table.print(System.out, rows, Target.of(rows, callMicros));
    }

    @Test
    void eachFaultIsTriedOnEachSubjectThatCanHaveIt() {
        assertThat(rows.stream().map(Row::label))
                .containsExactly(
                        "onnxruntime: no faults",
                        "onnxruntime: model swaps",
                        "onnxruntime: route reloads",
                        "onnxruntime: engine-bundle updates",
                        "toy: no faults",
                        "toy: model swaps",
                        "toy: route reloads",
                        "toy: engine-bundle updates",
                        "onnxruntime, worker: no faults",
                        "onnxruntime, worker: worker kills");
    }

    @Test
    void noMessageIsLostAnsweredTwiceOrFailsButThoseThatAKilledWorkerHadInHand() {
        assertSoftly(
                softly -> {
                    for (Row row : rows) {
                        softly.assertThat(row.count("sent"))
                                .as(row.label())
                                .isGreaterThanOrEqualTo(
                                        Plan.SHORT.perSecond() * Plan.SHORT.seconds());
                        softly.assertThat(row.count("lost")).as(row.label() + ": lost").isZero();
                        softly.assertThat(row.count("twice")).as(row.label() + ": twice").isZero();
                        softly.assertThat(row.count("failed"))
                                .as(row.label() + ": failed " + row.sentences())
                                .isLessThanOrEqualTo(row.mayFail());
                        softly.assertThat(row.count("answered") + row.count("failed"))
                                .as(row.label())
                                .isEqualTo(row.count("sent"));
                    }
                });
    }

    @Test
    void eachAnswerComesFromTheVersionThatIsSaidAndTheyChangeWithEachSwap() {
        assertSoftly(
                softly -> {
                    for (Row row : rows) {
                        softly.assertThat(row.count("inconsistent"))
                                .as(row.label() + ": " + row.sentences())
                                .isZero();
                        softly.assertThat(row.count("versionChanges"))
                                .as(row.label() + ": changes in the log")
                                .isEqualTo(row.expectedChanges());
                        softly.assertThat(row.answers().size())
                                .as(row.label() + ": versions")
                                .isEqualTo(row.fault() == Fault.SWAP ? 2 : 1);
                        softly.assertThat(row.saying().values())
                                .as(row.label() + ": what the versions say")
                                .doesNotHaveDuplicates();
                    }
                });
    }

    @Test
    void theSameVersionSaysTheSameInAWorkerAndAfterEachFault() {
        for (Row row : rows) {
            Row first = rows.get(row.subject().usesOnnxRuntime() ? 0 : 4);
            assertThat(row.saying().get(row.subject().model() + "@1"))
                    .as(row.label())
                    .isNotNull()
                    .isEqualTo(first.saying().get(row.subject().model() + "@1"));
        }
    }

    @Test
    void neitherThreadsNorHandlesNorProcessesGather() {
        assertSoftly(
                softly -> {
                    for (Row row : rows) {
                        softly.assertThat(row.after().fitsCounts(row.before()))
                                .as(row.label() + ": " + row.before() + ", then " + row.after())
                                .isTrue();
                    }
                });
    }

    @Test
    void theCostOfACallIsMeasuredInTheContainerAndInAWorker() {
        assertThat(callMicros).containsOnlyKeys(Subject.ONNXRUNTIME, Subject.WORKER);
        assertThat(callMicros.values()).allMatch(micros -> micros > 0);
    }

    @Test
    void theTableNamesEachRunAndEachPromise() {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        List<Target> targets = Target.of(rows, callMicros);
        Table.print(new PrintStream(bytes, true, StandardCharsets.UTF_8), rows, targets);
        String table = bytes.toString(StandardCharsets.UTF_8);
        assertThat(rows).allSatisfy(row -> assertThat(table).contains(row.label()));
        assertThat(targets)
                .allSatisfy(target -> assertThat(table).contains(target.name(), target.found()));
    }
}
