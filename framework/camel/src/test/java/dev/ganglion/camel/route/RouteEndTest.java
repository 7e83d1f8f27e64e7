package dev.ganglion.camel.route;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.ganglion.api.data.Tensor;
import dev.ganglion.api.data.TensorSpec;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.camel.CamelExecutionException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** When a pipeline is through, and that nothing is lost on the way there. */
class RouteEndTest {
    private static final String[] SLOW = {"infer:slow", "decide:each-step?tensor=echo"};

    @TempDir Path folder;
    private TestHouse house;

    @BeforeEach
    void open() throws Exception {
        house = new TestHouse(folder, TensorSpec.of("value", Tensor.Type.FLOAT32, "1", 1));
    }

    @AfterEach
    void close() {
        house.engine.slowGate().open();
        house.close();
    }

    private void put(float value) {
        house.sensor.put("me", TestHouse.values(value), true);
    }

    @Test
    void aSensorThatIsCaughtUpHasNotEnded() {
        house.running("slow", "sense:hand-fed", SLOW);
        assertThat(house.files.caughtUp()).isFalse();
        put(1);
        assertThat(house.files.caughtUp()).isFalse();
        house.sensor.caughtUp();
        assertThat(house.files.caughtUp()).isTrue();
        assertThat(house.files.ended()).isFalse();
        put(2);
        assertThat(house.files.caughtUp()).isFalse();
        house.sensor.end();
        assertThat(house.files.caughtUp()).isTrue();
        assertThat(house.files.ended()).isTrue();
    }

    @Test
    void aRouteThatListensNeverEnds() {
        house.running("timed", "timer:once?delay=100000", "log:timed");
        assertThat(house.files.ended()).isFalse();
        assertThat(house.files.caughtUp()).isTrue();
    }

    @Test
    void everySensorHasToEnd() {
        house.running("one", "sense:hand-fed", SLOW);
        house.sensor.end();
        assertThat(house.files.ended()).isTrue();
        house.running("two", "sense:hand-fed", SLOW);
        assertThat(house.files.ended()).isFalse();
        house.sensor.end();
        assertThat(house.files.ended()).isTrue();
    }

    @Test
    void whatWaitsInAQueueBetweenRoutesIsNotHandledYet() {
        house.running("second", "seda:between", SLOW);
        house.running("first", "sense:hand-fed", "seda:between");
        house.engine.slowGate().hold();
        put(1);
        put(2);
        house.sensor.end();
        house.engine.slowGate().awaitWaiting(1);
        assertThat(house.files.ended()).isFalse();
        assertThat(house.files.caughtUp()).isFalse();
        house.engine.slowGate().release(1);
        await().until(() -> house.reports.size() == 1);
        house.engine.slowGate().awaitWaiting(1);
        assertThat(house.files.ended()).isFalse();
        house.engine.slowGate().release(1);
        await().until(house.files::ended);
        assertThat(house.reports).hasSize(2);
    }

    @Test
    void anOfferedSampleWaitsAndIsNotHandledYet() {
        house.running("slow", "sense:hand-fed", SLOW);
        house.engine.slowGate().hold();
        assertThat(house.sensor.offer("me", TestHouse.values(1), true)).isEqualTo(1);
        assertThat(house.sensor.offer("me", TestHouse.values(2), true)).isEqualTo(1);
        house.sensor.end();
        house.engine.slowGate().awaitWaiting(1);
        assertThat(house.files.ended()).isFalse();
        house.engine.slowGate().open();
        await().until(house.files::ended);
        assertThat(house.reports)
                .extracting(r -> r.decision().parameters().get("value"))
                .containsExactly(1.0, 2.0);
    }

    @Test
    void anOfferIsRefusedWhenTheQueueIsFullAndWhatWasAcceptedSurvivesTheStop() throws Exception {
        house.running("slow", "sense:hand-fed", SLOW);
        house.engine.slowGate().hold();
        assertThat(house.sensor.offer("me", TestHouse.values(0), true)).isEqualTo(1);
        house.engine.slowGate().awaitWaiting(1);
        Tensor reused = TestHouse.values(0);
        int accepted = 1;
        for (int i = 1; i < 100; i++) {
            reused.floats().put(0, i);
            accepted += house.sensor.offer("me", reused, true);
        }
        assertThat(accepted).isEqualTo(65);
        CompletableFuture<Void> stopping = CompletableFuture.runAsync(house.files::close);
        await().until(() -> house.sensor.open() == 0);
        house.engine.slowGate().open();
        stopping.get(30, TimeUnit.SECONDS);
        assertThat(house.reports).hasSize(65);
        assertThat(house.reports.get(64).decision().parameters()).containsEntry("value", 64.0);
        assertThat(house.engine.openSessions()).isZero();
    }

    @Test
    void noAcceptedMessageIsLostWhileARouteIsReloaded() throws Exception {
        house.engine.slowGate().open();
        Path file = house.running("slow", "sense:hand-fed", SLOW);
        AtomicBoolean stop = new AtomicBoolean();
        AtomicInteger accepted = new AtomicInteger();
        CompletableFuture<Void> sending =
                CompletableFuture.runAsync(
                        () -> {
                            Tensor value = TestHouse.values(1);
                            while (!stop.get()) {
                                accepted.addAndGet(house.sensor.put("put", value, true));
                                accepted.addAndGet(house.sensor.offer("offer", value, true));
                            }
                        });
        for (int i = 0; i < 10; i++) {
            int before = accepted.get();
            await().until(() -> accepted.get() > before);
            house.loaded(file);
        }
        stop.set(true);
        sending.get(30, TimeUnit.SECONDS);
        house.files.close();
        assertThat(house.failures).isEmpty();
        assertThat(house.reports).hasSize(accepted.get()).hasSizeGreaterThan(10);
        assertThat(house.engine.openSessions()).isZero();
        assertThat(house.engine.usesAfterFree()).isZero();
    }

    @Test
    void noMessageOfADirectCallerIsLostWhileARouteIsReloaded() throws Exception {
        Path file = house.running("slow", "direct:in", SLOW);
        AtomicBoolean stop = new AtomicBoolean();
        AtomicInteger accepted = new AtomicInteger();
        AtomicInteger refused = new AtomicInteger();
        CompletableFuture<Void> sending =
                CompletableFuture.runAsync(
                        () -> {
                            Tensor value = TestHouse.values(1);
                            while (!stop.get()) {
                                try {
                                    house.template.sendBody("direct:in", value);
                                    accepted.incrementAndGet();
                                } catch (CamelExecutionException told) {
                                    refused.incrementAndGet();
                                }
                            }
                        });
        for (int i = 0; i < 10; i++) {
            int before = accepted.get();
            await().until(() -> accepted.get() > before);
            house.loaded(file);
        }
        stop.set(true);
        sending.get(30, TimeUnit.SECONDS);
        assertThat(house.reports).hasSize(accepted.get()).hasSizeGreaterThanOrEqualTo(10);
        assertThat(refused.get()).isLessThanOrEqualTo(10);
        assertThat(house.engine.usesAfterFree()).isZero();
    }

    @Test
    void noMessageInAQueueIsLostWhileItsFileIsReloaded() throws Exception {
        Path file = house.route("listening", "seda:between", SLOW);
        Path feeding = house.route("feeding", "sense:hand-fed", "seda:between");
        Files.writeString(file, Files.readString(file) + Files.readString(feeding));
        house.loaded(file);
        int accepted = 0;
        for (int i = 0; i < 10; i++) {
            for (int j = 0; j < 20; j++) {
                accepted += house.sensor.put("me", TestHouse.values(j), true);
            }
            house.loaded(file);
        }
        house.files.remove(file);
        assertThat(accepted).isEqualTo(200);
        assertThat(house.reports).hasSize(200);
        assertThat(house.failures).isEmpty();
    }
}
