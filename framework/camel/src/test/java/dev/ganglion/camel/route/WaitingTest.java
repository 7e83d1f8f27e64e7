package dev.ganglion.camel.route;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.ganglion.api.data.Plugin;
import dev.ganglion.api.data.Tensor;
import dev.ganglion.api.data.TensorSpec;
import dev.ganglion.camel.route.RouteFiles.State;
import dev.ganglion.testkit.toy.RecordingActuator;
import dev.ganglion.testkit.toy.ToyDecider;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What happens to messages while a plug-in of their route is gone. */
class WaitingTest {
    private static final Duration LIMIT = Duration.ofSeconds(30);
    private static final int PLACES = 3;

    @TempDir Path folder;
    private TestHouse house;
    private Path file;
    private final List<Thread> senders = new ArrayList<>();

    @BeforeEach
    void running() throws Exception {
        open(folder, LIMIT.toMillis());
    }

    private void open(Path in, long waitingMillis) throws Exception {
        house =
                new TestHouse(
                        in,
                        TensorSpec.of("values", Tensor.Type.FLOAT32, "1", 1, 2),
                        PLACES,
                        waitingMillis);
        file =
                house.running(
                        "lights",
                        "direct:values",
                        "infer:linear",
                        "decide:toy-argmax?above=0.9",
                        "act:recording?actions=actions.yaml");
    }

    @AfterEach
    void close() throws Exception {
        house.close();
        for (Thread sender : senders) {
            sender.join(LIMIT.toMillis());
            assertThat(sender.isAlive()).isFalse();
        }
    }

    private void send(float on, float off) {
        Thread sender =
                new Thread(
                        () ->
                                house.template.send(
                                        "direct:values",
                                        exchange ->
                                                exchange.getMessage()
                                                        .setBody(TestHouse.row(on, off))));
        senders.add(sender);
        sender.start();
    }

    private void awaitWaiting(int count) {
        await().atMost(LIMIT)
                .until(
                        () ->
                                senders.stream()
                                                .filter(
                                                        s ->
                                                                s.getState()
                                                                        == Thread.State
                                                                                .TIMED_WAITING)
                                                .count()
                                        == count);
    }

    private void gone(Plugin plugin) {
        house.plugins.remove(plugin);
        house.files.retry();
    }

    private void back(Plugin plugin) {
        house.plugins.add(plugin, "test");
        house.files.retry();
    }

    @Test
    void messagesWaitForADeciderAndGoOnWithItsSuccessor() {
        gone(house.decider);
        assertThat(house.status(file).state()).isEqualTo(State.WAITING);
        assertThat(house.status(file).sentence())
                .isEqualTo(
                        file
                                + " waits for the decider 'toy-argmax' of"
                                + " decide:toy-argmax; there are: each-step (its messages"
                                + " wait with it)");
        assertThat(house.status(file).routes()).containsExactly("lights");
        send(9, 0);
        awaitWaiting(1);
        assertThat(house.done()).isEmpty();
        back(new ToyDecider());
        assertThat(house.status(file).state()).isEqualTo(State.RUNNING);
        await().atMost(LIMIT).until(() -> house.done().equals(List.of("light_on")));
        assertThat(house.failures).isEmpty();
        assertThat(house.news)
                .extracting(TestHouse.News::state)
                .containsExactly("running", "waiting", "running");
    }

    @Test
    void messagesWaitForAnActuatorAndTheFormerDeviceIsClosed() {
        send(9, 0);
        await().atMost(LIMIT).until(() -> house.done().size() == 1);
        gone(house.actuator);
        send(0, 9);
        awaitWaiting(1);
        RecordingActuator next = new RecordingActuator();
        back(next);
        await().atMost(LIMIT).until(() -> next.performed().size() == 1);
        assertThat(next.performed().get(0).action()).isEqualTo("light_off");
        assertThat(house.actuator.openDevices()).as("open devices of the one that went").isZero();
        assertThat(house.failures).isEmpty();
    }

    @Test
    void aRouteGoesOnWithoutItsEngine() {
        gone(house.engine);
        assertThat(house.status(file).state()).isEqualTo(State.RUNNING);
        send(9, 0);
        await().atMost(LIMIT).until(() -> house.done().equals(List.of("light_on")));
    }

    @Test
    void moreMessagesThanMayWaitAreRefused() {
        gone(house.decider);
        for (int i = 0; i < PLACES; i++) {
            send(9, 0);
        }
        awaitWaiting(PLACES);
        send(9, 0);
        await().atMost(LIMIT).until(() -> !house.failures.isEmpty());
        assertThat(house.failures)
                .containsExactly(
                        "the plug-in of decide:toy-argmax is gone, and 3 messages wait for"
                                + " plug-ins already (ganglion.waitingMessages); send it again"
                                + " later");
        back(house.decider);
        await().atMost(LIMIT).until(() -> house.done().size() == PLACES);
    }

    @Test
    void aMessageThatWaitsTooLongIsRefused() throws Exception {
        house.close();
        open(folder.resolve("impatient"), 1);
        gone(house.decider);
        send(9, 0);
        await().atMost(LIMIT).until(() -> !house.failures.isEmpty());
        assertThat(house.failures)
                .containsExactly(
                        "the plug-in of decide:toy-argmax is gone, and did not come within"
                                + " 1 ms (ganglion.waitingMillis); install it again");
    }

    @Test
    void aRouteThatIsStoppedEndsTheWait() {
        gone(house.decider);
        send(9, 0);
        awaitWaiting(1);
        house.files.remove(file);
        assertThat(house.failures)
                .containsExactly(
                        "the plug-in of decide:toy-argmax is gone, and the route was"
                                + " stopped; send the message again");
    }
}
