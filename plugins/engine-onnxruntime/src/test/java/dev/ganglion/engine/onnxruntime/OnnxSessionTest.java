package dev.ganglion.engine.onnxruntime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ganglion.api.data.GanglionException;
import dev.ganglion.api.data.GanglionException.Kind;
import dev.ganglion.api.data.Tensor;
import dev.ganglion.api.infer.Model;
import dev.ganglion.api.infer.Session;
import dev.ganglion.api.model.ModelPackage;
import dev.ganglion.testkit.Tensors;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class OnnxSessionTest {
    @TempDir Path folder;

    private Model load(Proto model) {
        return Fixtures.load(packageOf(model));
    }

    private ModelPackage packageOf(Proto model) {
        return Fixtures.packageOf(Onnx.write(folder, "model.onnx", model));
    }

    private static Tensor classify(Session session, int... ids) {
        Tensor input = session.input("input_ids", 1, ids.length);
        Tensor mask = session.input("attention_mask", 1, ids.length);
        for (int i = 0; i < ids.length; i++) {
            input.longs().put(i, ids[i]);
            mask.longs().put(i, 1);
        }
        session.run();
        return session.output("intent_logits");
    }

    private static int likeliest(Tensor logits) {
        int best = 0;
        for (int i = 1; i < logits.elements(); i++) {
            best = logits.floats().get(i) > logits.floats().get(best) ? i : best;
        }
        return best;
    }

    @Test
    void turnOnTheKitchenLightsIsUnderstood() {
        try (Model model = Fixtures.load(Fixtures.nluMicro());
                Session session = model.open()) {
            for (int i = 0; i < 3; i++) {
                assertThat(likeliest(classify(session, 2, 815, 86, 76, 1834, 2099, 3)))
                        .isEqualTo(Fixtures.LIGHT_ON);
            }
        }
    }

    @Test
    void moreLengthsThanAreKeptGiveWhatANewSessionGives() {
        try (Model model = Fixtures.load(Fixtures.nluMicro());
                Session session = model.open()) {
            Random random = new Random(5);
            for (int step = 0; step < 60; step++) {
                int[] ids = random.ints(1 + random.nextInt(20), 4, 4000).toArray();
                Tensor found = Tensors.copy(classify(session, ids));
                try (Session fresh = model.open()) {
                    assertThat(Tensors.difference(classify(fresh, ids), found, 0)).isEmpty();
                }
            }
        }
    }

    @Test
    void anInputMayStayWhileAnotherChangesItsLength() {
        Proto concat =
                Onnx.model(
                        new Proto()
                                .message(1, Onnx.node("Concat", "a b", "y", Onnx.whole("axis", 0)))
                                .message(11, Onnx.value("a", Onnx.FLOAT, -1))
                                .message(11, Onnx.value("b", Onnx.FLOAT, -1))
                                .message(12, Onnx.value("y", Onnx.FLOAT, -1)));
        try (Model model = load(concat);
                Session session = model.open()) {
            session.input("a", 1).floats().put(0, 7);
            for (int length : new int[] {1, 0, 3, 2, 100, 2, 3, 0}) {
                Tensor b = session.input("b", length);
                for (int i = 0; i < length; i++) {
                    b.floats().put(i, i);
                }
                for (int repeat = 0; repeat < 2; repeat++) {
                    session.run();
                    Tensor y = session.output("y");
                    assertThat(y.hasShape(length + 1)).isTrue();
                    assertThat(y.floats().get(0)).isEqualTo(7);
                    if (length > 0) {
                        assertThat(y.floats().get(length)).isEqualTo(length - 1);
                    }
                }
            }
        }
    }

    @Test
    void outputsWhoseShapeDependsOnValuesAreGivenToo() {
        Proto positions =
                Onnx.model(
                        new Proto()
                                .message(1, Onnx.node("NonZero", "x", "y"))
                                .message(11, Onnx.value("x", Onnx.FLOAT, 4))
                                .message(12, Onnx.value("y", Onnx.INT64, 1, -1)));
        try (Model model = load(positions);
                Session session = model.open()) {
            for (int mask : new int[] {5, 15, 0, 8, 5, 5}) {
                Tensor x = session.input("x", 4);
                List<Long> expected = new ArrayList<>();
                for (int i = 0; i < 4; i++) {
                    x.floats().put(i, mask >> i & 1);
                    if ((mask >> i & 1) == 1) {
                        expected.add((long) i);
                    }
                }
                session.run();
                Tensor y = session.output("y");
                List<Long> found = new ArrayList<>();
                for (int i = 0; i < y.elements(); i++) {
                    found.add(y.longs().get(i));
                }
                assertThat(found).isEqualTo(expected);
            }
        }
    }

    @Test
    void everyTypeGoesInAndOut() {
        int[] types = {
            Onnx.FLOAT, Onnx.FLOAT16, Onnx.INT8, Onnx.UINT8, Onnx.INT32, Onnx.INT64, Onnx.BOOL
        };
        for (int type : types) {
            try (Model model = load(Onnx.identity(type, 2, -1));
                    Session session = model.open()) {
                for (int step = 0; step < 3; step++) {
                    Tensor x = session.input("x", 2, 5);
                    Tensors.fill(x, new Random(step));
                    session.run();
                    assertThat(Tensors.difference(x, session.output("y"), 0)).isEmpty();
                }
            }
        }
    }

    @Test
    void aScalarGoesInAndOut() {
        try (Model model = load(Onnx.identity(Onnx.INT64));
                Session session = model.open()) {
            session.input("x").longs().put(0, 42);
            session.run();
            assertThat(session.output("y").rank()).isZero();
            assertThat(session.output("y").longs().get(0)).isEqualTo(42);
        }
    }

    @Test
    void aBadValueBreaksOneStepAndNotTheNext() {
        try (Model model = Fixtures.load(Fixtures.nluMicro());
                Session session = model.open()) {
            int[] good = {2, 815, 86, 76, 1834, 2099, 3};
            int[] bad = {2, 815, 86, 76, 1834, 999_999, 3};
            Tensor expected = Tensors.copy(classify(session, good));
            for (int i = 0; i < 2; i++) {
                assertThatThrownBy(() -> classify(session, bad))
                        .isInstanceOfSatisfying(
                                GanglionException.class,
                                broken -> assertThat(broken.kind()).isEqualTo(Kind.REOPEN))
                        .hasMessageContaining("nlu-micro@1")
                        .hasMessageContaining("999999");
                assertThatThrownBy(() -> session.output("intent_logits"))
                        .isInstanceOf(IllegalStateException.class);
                assertThat(Tensors.difference(expected, classify(session, good), 0)).isEmpty();
            }
        }
    }

    @Test
    void outputsAreRefusedBeforeTheFirstStepAndAfterAReset() {
        try (Model model = Fixtures.load(Fixtures.kwsDigits());
                Session session = model.open()) {
            assertThatThrownBy(() -> session.output("probs"))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("no step was run");
            session.input("frame", 1, 64);
            session.run();
            session.reset();
            assertThatThrownBy(() -> session.output("probs"))
                    .isInstanceOf(IllegalStateException.class);
        }
    }

    @Test
    void hiddenStateIsNeitherInputNorOutput() {
        try (Model model = Fixtures.load(Fixtures.kwsDigits());
                Session session = model.open()) {
            assertThatThrownBy(() -> session.input("state", 1, 96))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("it has: frame");
            assertThatThrownBy(() -> session.output("state_out"))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("it has: logits, probs");
        }
    }

    private static <T> T await(FutureTask<T> task)
            throws InterruptedException, ExecutionException, TimeoutException {
        return task.get(30, TimeUnit.SECONDS);
    }

    private static <T> FutureTask<T> start(FutureTask<T> task) {
        Thread thread = new Thread(task, "stream");
        thread.setDaemon(true);
        thread.start();
        return task;
    }

    @Test
    void cancelEndsAStepThatWouldTakeHours() throws Exception {
        try (Model model = load(Onnx.doublesManyTimes());
                Session session = model.open()) {
            session.input("x", 1).floats().put(0, 1);
            session.input("times").longs().put(0, 1L << 40);
            CountDownLatch running = new CountDownLatch(1);
            FutureTask<Throwable> stream =
                    start(
                            new FutureTask<>(
                                    () -> {
                                        running.countDown();
                                        try {
                                            session.run();
                                            return null;
                                        } catch (GanglionException e) {
                                            return e;
                                        }
                                    }));
            running.await();
            session.cancel();
            assertThat(await(stream))
                    .isInstanceOfSatisfying(
                            GanglionException.class,
                            e -> assertThat(e.kind()).isEqualTo(Kind.REOPEN))
                    .hasMessageContaining("was cancelled");
            session.reset();
            session.input("times").longs().put(0, 10);
            session.run();
            assertThat(session.output("y").floats().get(0)).isEqualTo(1024);
        }
    }

    @Test
    void cancelAndCloseAtTheSameTimeDoNoHarm() throws Exception {
        try (Model model = Fixtures.load(Fixtures.kwsDigits())) {
            for (int i = 0; i < 500; i++) {
                Session session = model.open();
                CountDownLatch ready = new CountDownLatch(2);
                FutureTask<Boolean> canceller =
                        start(
                                new FutureTask<>(
                                        () -> {
                                            ready.countDown();
                                            ready.await();
                                            for (int times = 0; times < 20; times++) {
                                                session.cancel();
                                            }
                                            return true;
                                        }));
                ready.countDown();
                ready.await();
                session.close();
                assertThat(await(canceller)).isTrue();
            }
        }
    }

    @Test
    void aModelClosedTooEarlyStaysUntilItsLastSessionIsClosed() {
        Model model = Fixtures.load(Fixtures.kwsDigits());
        Session session = model.open();
        model.close();
        session.input("frame", 1, 64);
        session.run();
        assertThat(session.output("probs").elements()).isEqualTo(11);
        session.close();
        assertThatThrownBy(session::run).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(model::open)
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("kws-digits@1 is closed");
    }
}
