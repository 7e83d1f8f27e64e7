package dev.ganglion.engine.onnxruntime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.management.ThreadMXBean;
import dev.ganglion.api.infer.Model;
import dev.ganglion.api.infer.Session;
import dev.ganglion.api.model.ModelPackage;
import dev.ganglion.testkit.Tensors;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Steps of several streams in one call of the runtime. */
class RowsTest {
    private static final int WARM = 2_000;

    @TempDir Path folder;

    /** {@code y = s + 2 x} becomes the next {@code s}. */
    private ModelPackage sums() {
        Proto graph =
                new Proto()
                        .message(1, Onnx.node("Add", "x x", "xx"))
                        .message(1, Onnx.node("Add", "s xx", "t"))
                        .message(1, Onnx.node("Identity", "t", "y"))
                        .message(11, Onnx.value("x", Onnx.FLOAT, -1, 1))
                        .message(11, Onnx.value("s", Onnx.FLOAT, -1, 1))
                        .message(12, Onnx.value("y", Onnx.FLOAT, -1, 1))
                        .message(12, Onnx.value("t", Onnx.FLOAT, -1, 1));
        return packageOf(graph).withState(Map.of("s", "t"));
    }

    private ModelPackage packageOf(Proto graph) {
        return Fixtures.packageOf(Onnx.write(folder, "model.onnx", Onnx.model(graph)));
    }

    private ModelPackage oneNode(String operator, Proto... attributes) {
        return packageOf(
                new Proto()
                        .message(1, Onnx.node(operator, "x", "y", attributes))
                        .message(11, Onnx.value("x", Onnx.FLOAT, -1, 2))
                        .message(12, Onnx.value("y", Onnx.FLOAT, -1, 2)));
    }

    private static void write(Session session, float... values) {
        Tensors.copyInto(
                Tensors.of(values, 1, values.length), session.input("x", 1, values.length));
    }

    @Test
    void statesOfWhatIsRunAloneAndTogetherAreTheSame() {
        try (Model model = Fixtures.load(sums());
                Session a = model.open();
                Session b = model.open()) {
            assertThat(model.onlyAlone()).isNull();
            write(a, 1);
            a.run();
            write(b, 10);
            model.runTogether(List.of(b, a));
            assertThat(Tensors.floats(a.output("y"))).containsExactly(4);
            assertThat(Tensors.floats(b.output("y"))).containsExactly(20);
            b.reset();
            model.runTogether(List.of(a, b));
            assertThat(Tensors.floats(a.output("y"))).containsExactly(6);
            assertThat(Tensors.floats(b.output("y"))).containsExactly(20);
            b.run();
            assertThat(Tensors.floats(b.output("y"))).containsExactly(40);
        }
    }

    @Test
    void rowsOfOtherShapesAreRunInGroups() {
        ModelPackage doubles =
                packageOf(
                        new Proto()
                                .message(1, Onnx.node("Add", "x x", "y"))
                                .message(11, Onnx.value("x", Onnx.FLOAT, -1, -1))
                                .message(12, Onnx.value("y", Onnx.FLOAT, -1, -1)));
        try (Model model = Fixtures.load(doubles)) {
            List<Session> sessions = new ArrayList<>();
            for (int round = 0; round < 3; round++) {
                for (int i = 0; i < 9; i++) {
                    if (round == 0) {
                        sessions.add(model.open());
                    }
                    float[] values = new float[1 + (i + round) % 3];
                    java.util.Arrays.fill(values, i);
                    write(sessions.get(i), values);
                }
                Session wide = sessions.get(8);
                Tensors.copyInto(Tensors.of(new float[] {5, 6, 7, 8}, 2, 2), wide.input("x", 2, 2));
                model.runTogether(sessions);
                for (int i = 0; i < 8; i++) {
                    assertThat(Tensors.floats(sessions.get(i).output("y")))
                            .hasSize(1 + (i + round) % 3)
                            .containsOnly(2 * i);
                }
                assertThat(Tensors.floats(wide.output("y"))).containsExactly(10, 12, 14, 16);
            }
            sessions.forEach(Session::close);
        }
    }

    @Test
    void manyMoreOrFewerStreamsThanBeforeGetTheirOwn() {
        try (Model model = Fixtures.load(sums())) {
            List<Session> sessions = new ArrayList<>();
            for (int i = 0; i < 300; i++) {
                sessions.add(model.open());
            }
            float[] sums = new float[300];
            for (int size : new int[] {2, 300, 3, 150, 17, 299, 64, 5}) {
                for (int i = 0; i < size; i++) {
                    write(sessions.get(i), i);
                    sums[i] += 2 * i;
                }
                model.runTogether(sessions.subList(0, size));
                for (int i = 0; i < size; i++) {
                    assertThat(sessions.get(i).output("y").floats().get(0)).isEqualTo(sums[i]);
                }
            }
            sessions.forEach(Session::close);
        }
    }

    @Test
    void aModelWithAFixedFirstAxisIsOnlyRunAloneAndSaysWhy() {
        try (Model model = Fixtures.load(Fixtures.kwsDigits())) {
            assertThat(model.onlyAlone())
                    .isEqualTo(
                            "the first axis of its tensor frame FLOAT32[1, 64] is fixed in"
                                    + " kws-digits-int8.onnx, so it has no row for a second stream");
        }
    }

    @Test
    void aStateWithAFixedFirstAxisIsOnlyRunAlone() {
        ModelPackage fixed =
                packageOf(
                                new Proto()
                                        .message(1, Onnx.node("Add", "x s", "y"))
                                        .message(1, Onnx.node("Identity", "s", "t"))
                                        .message(11, Onnx.value("x", Onnx.FLOAT, -1, 2))
                                        .message(11, Onnx.value("s", Onnx.FLOAT, 1, 2))
                                        .message(12, Onnx.value("y", Onnx.FLOAT, -1, 2))
                                        .message(12, Onnx.value("t", Onnx.FLOAT, 1, 2)))
                        .withState(Map.of("s", "t"));
        try (Model model = Fixtures.load(fixed)) {
            assertThat(model.onlyAlone()).contains("its tensor s FLOAT32[1, 2] is fixed");
        }
    }

    @Test
    void dynamicQuantisationIsFoundByTheResults() {
        try (Model model = Fixtures.load(Fixtures.nluMicro())) {
            assertThat(model.onlyAlone())
                    .startsWith("its output 'intent_logits' of one stream depends on the others (")
                    .contains("dynamic quantisation");
        }
    }

    @Test
    void aFirstAxisThatIsTimeIsFoundByTheResults() {
        Proto axis = Onnx.longs("axis", new long[] {}, 0);
        ModelPackage overTime =
                packageOf(
                        new Proto()
                                .message(1, Onnx.node("CumSum", "x axis", "y"))
                                .message(5, axis)
                                .message(11, Onnx.value("x", Onnx.FLOAT, -1, 2))
                                .message(12, Onnx.value("y", Onnx.FLOAT, -1, 2)));
        try (Model model = Fixtures.load(overTime);
                Session a = model.open();
                Session b = model.open()) {
            assertThat(model.onlyAlone()).contains("or the first axis is time");
            write(a, 1, 2);
            write(b, 10, 20);
            model.runTogether(List.of(a, b));
            assertThat(Tensors.floats(b.output("y"))).as("run alone").containsExactly(10, 20);
        }
    }

    @Test
    void aSoftmaxOverTheFirstAxisIsFoundByTheResults() {
        try (Model model = Fixtures.load(oneNode("Softmax", Onnx.whole("axis", 0)))) {
            assertThat(model.onlyAlone()).contains("its output 'y' of one stream depends");
        }
        try (Model model = Fixtures.load(oneNode("Softmax", Onnx.whole("axis", 1)))) {
            assertThat(model.onlyAlone()).isNull();
        }
    }

    @Test
    void aLanguageModelIsOnlyRunAlone() {
        Proto tokens = TinyLanguageModel.onnx(false, false);
        try (Model model =
                Fixtures.load(Fixtures.packageOf(Onnx.write(folder, "m.onnx", tokens)))) {
            assertThat(model.onlyAlone()).contains("generates tokens");
        }
    }

    @Test
    void aModelThatIsClosedWhileItsSessionsAreOpenFreesItsRowsWithTheLast() {
        Model model = Fixtures.load(sums());
        Session a = model.open();
        Session b = model.open();
        write(a, 1);
        write(b, 1);
        model.close();
        assertThat(model.onlyAlone()).as("it opens no session to look").isNotNull();
        model.runTogether(List.of(a, b));
        assertThat(Tensors.floats(b.output("y"))).containsExactly(2);
        a.close();
        b.close();
        assertThatThrownBy(() -> model.runTogether(List.of(a, b)))
                .isInstanceOf(IllegalStateException.class);
    }

    @Test
    void aStepTogetherAllocatesNoMoreThanTheBindingOfTheRuntimeDoes() {
        try (Model model = Fixtures.load(sums())) {
            List<Session> sessions = new ArrayList<>();
            for (int i = 0; i < 16; i++) {
                sessions.add(model.open());
                write(sessions.get(i), i);
            }
            for (int i = 0; i < WARM; i++) {
                model.runTogether(sessions);
            }
            ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
            long thread = Thread.currentThread().getId();
            long before = threads.getThreadAllocatedBytes(thread);
            for (int i = 0; i < WARM; i++) {
                model.runTogether(sessions);
            }
            long bytes = (threads.getThreadAllocatedBytes(thread) - before) / WARM;
            assertThat(bytes).as("bytes for 16 streams").isLessThanOrEqualTo(700);
            sessions.forEach(Session::close);
        }
    }
}
