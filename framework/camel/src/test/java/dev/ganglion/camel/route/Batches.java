package dev.ganglion.camel.route;

import static dev.ganglion.camel.route.TestHouse.values;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.ganglion.api.data.Tensor;
import dev.ganglion.api.data.TensorSpec;
import dev.ganglion.api.model.ModelId;
import dev.ganglion.api.model.ModelPackage;
import dev.ganglion.runtime.report.Observer;
import dev.ganglion.runtime.report.Report;
import dev.ganglion.testkit.toy.ToyModels;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.io.TempDir;

/** A house with the model {@code mean}, and samples that wait for a thread of its route. */
abstract class Batches {
    static final TensorSpec VALUE =
            TensorSpec.of("values", Tensor.Type.FLOAT32, "1", TensorSpec.ANY);
    static final TensorSpec ROW = TensorSpec.of("values", Tensor.Type.FLOAT32, "1", 1, 2);
    static final String LEVEL = "decide:each-step?tensor=level";
    static final String SENSE = "sense:hand-fed?queue=1000&whenFull=block";

    @TempDir Path folder;
    TestHouse house;

    @AfterEach
    void close() {
        if (house != null) {
            house.close();
            assertThat(house.engine.openSessions()).isZero();
            assertThat(house.engine.usesAfterFree()).isZero();
        }
    }

    /** Holds the thread of the route while a decision is reported, so that samples wait. */
    static final class Hold implements Observer, AutoCloseable {
        private final TestHouse house;
        private final CountDownLatch held = new CountDownLatch(1);
        private final CountDownLatch open = new CountDownLatch(1);

        Hold(TestHouse house) throws InterruptedException {
            this.house = house;
            house.words.add(this);
            house.sensor.offer("holding", values(0), true);
            assertThat(held.await(30, TimeUnit.SECONDS)).isTrue();
        }

        @Override
        public void decided(Report report) {
            held.countDown();
            try {
                assertThat(open.await(30, TimeUnit.SECONDS)).isTrue();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }

        @Override
        public void close() {
            open.countDown();
            house.words.remove(this);
        }
    }

    TestHouse house() throws Exception {
        return house(folder);
    }

    static TestHouse house(Path folder) throws Exception {
        mean(folder, "1", 0.5f);
        return new TestHouse(folder, VALUE);
    }

    /** Installs a version of the model {@code mean}, a leaky mean, without a card. */
    static ModelId mean(Path folder, String version, float decay) throws Exception {
        ModelId id = new ModelId("mean", version);
        Path model = Files.createDirectories(folder.resolve("models/mean/" + version));
        ModelPackage written = ToyModels.recurrent(model, id, decay);
        Files.move(written.weightsFile(), model.resolve("model." + written.format()));
        return id;
    }

    TestHouse running(String... to) throws Exception {
        house = house();
        house.running("batched", SENSE, to);
        return house;
    }

    void awaitReports(int count) {
        await().untilAsserted(
                        () ->
                                assertThat(house.reports.size() + house.failures.size())
                                        .as(house.failures.toString())
                                        .isGreaterThanOrEqualTo(count));
    }

    Object last(String stream) {
        return house.reports.stream()
                .filter(report -> report.stream().equals(stream))
                .reduce((a, b) -> b)
                .orElseThrow()
                .decision()
                .parameters()
                .get("value");
    }
}
