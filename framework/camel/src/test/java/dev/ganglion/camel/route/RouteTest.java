package dev.ganglion.camel.route;

import static dev.ganglion.camel.route.TestHouse.values;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.ganglion.api.data.Decision;
import dev.ganglion.api.data.GanglionException;
import dev.ganglion.api.data.GanglionException.Kind;
import dev.ganglion.api.data.Tensor;
import dev.ganglion.api.data.TensorSpec;
import dev.ganglion.api.infer.Steps;
import dev.ganglion.camel.route.RouteFiles.State;
import java.nio.CharBuffer;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.camel.Processor;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RouteTest {
    private static final String ENCODE = "encode:toy-bytes";
    private static final String INFER = "infer:letters";
    private static final String DECIDE = "decide:toy-argmax?above=0.9";
    private static final String ACT = "act:recording?actions=actions.yaml";
    private static final TensorSpec VALUES =
            TensorSpec.of("values", Tensor.Type.FLOAT32, "1", TensorSpec.ANY);

    @TempDir Path folder;
    private TestHouse house;

    private TestHouse texts() throws Exception {
        house = new TestHouse(folder);
        return house;
    }

    private TestHouse tensors() throws Exception {
        house = new TestHouse(folder, VALUES);
        return house;
    }

    @AfterEach
    void close() {
        if (house != null) {
            house.close();
        }
    }

    @Test
    void aTextBecomesAnAction() throws Exception {
        texts().running("lights", "sense:hand-fed", ENCODE, INFER, DECIDE, ACT);
        assertThat(house.sensor.put("me", "+", true)).isEqualTo(1);
        house.sensor.put("me", "-", true);
        assertThat(house.done()).containsExactly("light_on", "light_off");
        assertThat(house.actuator.performed().get(0).parameters())
                .isEqualTo(Map.of("room", "kitchen"));
        assertThat(house.reports)
                .extracting(
                        r ->
                                r.route()
                                        + " "
                                        + r.stream()
                                        + " "
                                        + r.sequence()
                                        + " "
                                        + r.text()
                                        + " "
                                        + r.model())
                .containsExactly("lights me 0 + letters@1", "lights me 1 - letters@1");
        assertThat(house.failures).isEmpty();
    }

    @Test
    void theSameRouteInXml() throws Exception {
        texts();
        Path file =
                house.write(
                        "routes/lights/route.camel.xml",
                        """
                        <routes xmlns="http://camel.apache.org/schema/xml-io">
                          <route>
                            <from uri="sense:hand-fed"/>
                            <to uri="encode:toy-bytes"/>
                            <to uri="infer:letters"/>
                            <to uri="decide:toy-argmax?above=0.9"/>
                            <to uri="act:recording?actions=../actions.yaml"/>
                          </route>
                        </routes>
                        """);
        house.loaded(file);
        house.sensor.put("me", "+", true);
        assertThat(house.done()).containsExactly("light_on");
        assertThat(house.status(file).routes()).containsExactly("lights");
    }

    @Test
    void aRouteIdMayHoldAnyCharacters() throws Exception {
        texts();
        Path file = house.route("lights", "sense:hand-fed", ENCODE, INFER, DECIDE, ACT);
        house.write(
                "routes/lights.camel.yaml",
                read(file).replace("id: lights", "id: \"Licht & Wärme = 1\""));
        house.loaded(file);
        house.sensor.put("me", "+", true);
        assertThat(house.reports).extracting(r -> r.route()).containsExactly("Licht & Wärme = 1");
        int endpoints = house.camel.getEndpoints().size();
        house.loaded(file);
        assertThat(house.camel.getEndpoints()).hasSize(endpoints);
    }

    private static String read(Path file) throws Exception {
        return java.nio.file.Files.readString(file);
    }

    @Test
    void aStageMayGiveNothingTenTimesAndThreeResultsAtTheEleventh() throws Exception {
        tensors()
                .running(
                        "guest",
                        "sense:hand-fed",
                        "encode:toy-eleven",
                        "infer:recurrent",
                        "decide:each-step?tensor=level");
        for (int i = 10; i > 0; i--) {
            house.sensor.put("me", values(i), false);
        }
        assertThat(house.reports).isEmpty();
        assertThat(house.failures).isEmpty();
        house.sensor.put("me", values(11), false);
        assertThat(house.reports)
                .extracting(r -> r.decision().parameters().get("value"))
                .containsExactly(1.0, 6.0, 11.0);
        assertThat(house.reports).allMatch(r -> r.sequence() == 10);
        assertThat(house.failures).isEmpty();
    }

    @Test
    void theLastSampleFlushesTheExtractor() throws Exception {
        tensors()
                .running(
                        "guest",
                        "sense:hand-fed",
                        "encode:toy-eleven",
                        "infer:recurrent",
                        "decide:each-step?tensor=level");
        house.sensor.put("me", values(4), false);
        house.sensor.put("me", values(2), true);
        assertThat(house.reports)
                .extracting(r -> r.decision().parameters().get("value"))
                .containsExactly(2.0, 3.0, 4.0);
    }

    @Test
    void theDeciderIsFlushedEvenWhenTheLastSampleGivesNoFeatures() throws Exception {
        house = new TestHouse(folder, VALUES);
        house.running(
                "guest",
                "sense:hand-fed",
                "encode:toy-eleven",
                "infer:recurrent",
                "decide:each-step?tensor=level");
        Tensor empty = Tensor.allocate(Tensor.Type.FLOAT32, 0);
        house.sensor.put("me", values(1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11), false);
        house.sensor.put("me", empty, true);
        assertThat(house.failures).isEmpty();
        assertThat(house.reports).hasSize(3);
        house.sensor.put("me", values(7), true);
        assertThat(house.reports).hasSize(6);
    }

    @Test
    void streamsDoNotMixTheirFeatures() throws Exception {
        tensors()
                .running(
                        "guest",
                        "sense:hand-fed",
                        "encode:toy-eleven",
                        "infer:recurrent",
                        "decide:each-step?tensor=level");
        for (int i = 0; i < 10; i++) {
            house.sensor.put("a", values(1), false);
            house.sensor.put("b", values(2), false);
        }
        assertThat(house.reports).isEmpty();
        house.sensor.put("b", values(2), false);
        assertThat(house.reports)
                .extracting(r -> r.stream() + r.decision().parameters().get("value"))
                .containsExactly("b2.0", "b2.0", "b2.0");
    }

    @Test
    void aSureDecisionSavesTheStepsThatAreLeft() throws Exception {
        tensors()
                .running(
                        "early",
                        "sense:hand-fed",
                        "encode:toy-eleven",
                        "infer:slow",
                        "decide:each-step?tensor=echo&above=2");
        house.engine.slowGate().hold();
        house.engine.slowGate().release(2);
        CompletableFuture.runAsync(() -> house.sensor.put("me", values(1, 2, 6), true))
                .get(30, TimeUnit.SECONDS);
        assertThat(house.reports)
                .extracting(r -> r.decision().parameters().get("value") + " " + r.decision().sure())
                .containsExactly("1.0 false", "3.0 true");
        house.engine.slowGate().open();
    }

    @Test
    void anUnsureDecisionIsReportedAndNotActedOn() throws Exception {
        texts().running("lights", "sense:hand-fed", ENCODE, INFER, DECIDE, ACT);
        house.sensor.put("me", "what", true);
        assertThat(house.reports).hasSize(1);
        assertThat(house.reports.get(0).decision().sure()).isFalse();
        assertThat(house.reports.get(0).action()).isNull();
        assertThat(house.done()).isEmpty();
    }

    @Test
    void severalDecisionsAreActedOnInOrder() throws Exception {
        texts().running("lights", "sense:hand-fed", ENCODE, INFER, "decide:each-step", ACT);
        house.sensor.put("me", "+-+", true);
        assertThat(house.done()).containsExactly("light_on", "light_off", "light_on");
        assertThat(house.decided()).containsExactly("light_on", "light_off", "light_on");
        assertThat(house.reports).allMatch(r -> r.action() != null && r.action().performed());
    }

    @Test
    void aRouteWithoutSensorTakesTextAndBytes() throws Exception {
        texts().running("lights", "direct:in", ENCODE, INFER, DECIDE, ACT);
        assertThat(house.template.requestBody("direct:in", "+", Decision.class).name())
                .isEqualTo("light_on");
        house.template.sendBody("direct:in", "-".getBytes(UTF_8));
        assertThat(house.done()).containsExactly("light_on", "light_off");
        assertThat(house.reports).extracting(r -> r.stream()).containsOnly("lights");
    }

    @Test
    void bytesThatAreNoUtf8FailAndTheNextMessageWorks() throws Exception {
        texts().running("lights", "direct:in", ENCODE, INFER, DECIDE, ACT);
        assertThatThrownBy(
                        () -> house.template.sendBody("direct:in", new byte[] {'+', (byte) 0xC3}))
                .rootCause()
                .isInstanceOf(java.nio.charset.CharacterCodingException.class);
        assertThat(house.failures)
                .singleElement()
                .asString()
                .contains(
                        "message of 2 bytes", "encode:toy-bytes", "not valid UTF-8", "send UTF-8");
        house.template.sendBody("direct:in", "+");
        assertThat(house.done()).containsExactly("light_on");
    }

    @Test
    void aBodyThatIsNoTextIsRefused() throws Exception {
        texts().running("lights", "direct:in", ENCODE, INFER, DECIDE);
        assertThatThrownBy(() -> house.template.sendBody("direct:in", null))
                .rootCause()
                .hasMessage(
                        "encode:toy-bytes takes text, found an empty message; put a conversion before it");
        assertThatThrownBy(() -> house.template.sendBody("direct:in", new Object()))
                .rootCause()
                .hasMessageContaining("takes text, found java.lang.Object");
    }

    @Test
    void aTensorThatIsNoneIsRefused() throws Exception {
        texts().running(
                        "guest",
                        "direct:in",
                        "encode:toy-eleven",
                        "infer:recurrent",
                        "decide:each-step?tensor=level");
        assertThatThrownBy(() -> house.template.sendBody("direct:in", "seven"))
                .rootCause()
                .hasMessageContaining("encode:toy-eleven takes a tensor, found seven");
    }

    @Test
    void aTextThatIsTooLongIsRefusedOrCut() throws Exception {
        texts().running("strict", "direct:strict", ENCODE, INFER, DECIDE);
        house.running("cut", "direct:cut", ENCODE + "?truncate=true", INFER, DECIDE);
        String text = "+".repeat(20);
        assertThatThrownBy(() -> house.template.sendBody("direct:strict", text))
                .rootCause()
                .hasMessageContaining("22 tokens and the model takes 16");
        assertThat(house.template.requestBody("direct:cut", text, Decision.class).name())
                .isEqualTo("light_on");
    }

    @Test
    void actingOnWhatIsNoDecisionIsRefused() throws Exception {
        texts().running("lights", "direct:in", ACT);
        assertThatThrownBy(() -> house.template.sendBody("direct:in", "+"))
                .rootCause()
                .hasMessage("act:recording acts on decisions, found +; put a decide: before it");
    }

    @Test
    void aMessageThatFailsLeavesTheNextFine() throws Exception {
        texts().running("lights", "sense:hand-fed", ENCODE, INFER, DECIDE, ACT);
        house.sensor.put("me", "+?", true);
        house.sensor.put("me", "-", true);
        house.actuator.failWith(new GanglionException(Kind.RETRY, "the lamp does not answer"));
        house.sensor.put("me", "+", true);
        house.actuator.failWith(null);
        house.sensor.put("me", "+", true);
        assertThat(house.failures).hasSize(2);
        assertThat(house.failures.get(0)).contains("letters@1", "a question mark has no score");
        assertThat(house.failures.get(1)).isEqualTo("the lamp does not answer");
        assertThat(house.done()).containsExactly("light_off", "light_on");
    }

    @Test
    void whatTheSensorCouldNotReadIsReported() throws Exception {
        texts().running("lights", "sense:hand-fed", ENCODE, INFER, DECIDE, ACT);
        house.sensor.fail("me", new GanglionException(Kind.INPUT, "line 3 is no text"));
        house.sensor.put("me", "+", true);
        assertThat(house.failures).containsExactly("line 3 is no text");
        assertThat(house.done()).containsExactly("light_on");
    }

    @Test
    void stepsThatAreKeptAreOverWhenTheirMessageIs() throws Exception {
        texts();
        AtomicReference<Steps> kept = new AtomicReference<>();
        Processor keep = exchange -> kept.set(exchange.getMessage().getBody(Steps.class));
        house.camel.getRegistry().bind("keep", keep);
        house.running("lights", "sense:hand-fed", ENCODE, INFER, "bean:keep");
        house.sensor.put("me", "+", true);
        assertThatIllegalStateException()
                .isThrownBy(() -> kept.get().advance())
                .withMessageContaining("letters@1")
                .withMessageContaining("are over")
                .withMessageContaining("read them within the route");
    }

    @Test
    void aDecisionBecomesJson() throws Exception {
        texts().running("lights", "direct:in", ENCODE, INFER, "decide:each-step", "log:decisions");
        Decision decision = house.template.requestBody("direct:in", "+", Decision.class);
        assertThat(house.camel.getTypeConverter().convertTo(String.class, decision))
                .isEqualTo(
                        "{\"name\":\"light_on\",\"parameters\":{},\"confidence\":1.0,\"sure\":true}");
        assertThat(house.template.requestBody("direct:in", "+", String.class))
                .startsWith("{\"name\":\"light_on\"");
    }

    @Test
    void eachCopyOfAMessageHasItsOwnWay() throws Exception {
        texts();
        house.letters("others");
        house.loaded(
                house.write(
                        "routes/both.camel.yaml",
                        """
                - route:
                    id: both
                    from:
                      uri: sense:hand-fed
                      steps:
                        - multicast:
                            parallelProcessing: true
                            steps:
                              - pipeline:
                                  steps:
                                    - to: encode:toy-bytes
                                    - to: infer:letters
                                    - to: decide:toy-argmax?above=0.9
                                    - to: act:recording?actions=actions.yaml
                              - pipeline:
                                  steps:
                                    - to: encode:toy-bytes
                                    - to: infer:letters
                                    - to: decide:toy-argmax?above=0.9
                              - pipeline:
                                  steps:
                                    - to: encode:toy-bytes
                                    - to: infer:others
                                    - to: decide:toy-argmax?above=0.9
                """));
        house.sensor.put("me", "+", true);
        house.sensor.put("me", "-", true);
        assertThat(house.done()).containsExactly("light_on", "light_off");
        assertThat(house.decided().subList(0, 3)).containsOnly("light_on");
        assertThat(house.decided().subList(3, 6)).containsOnly("light_off");
        assertThat(house.reports).extracting(r -> r.model().name()).contains("others", "letters");
        assertThat(house.reports).hasSize(6).allMatch(r -> r.stream().equals("me"));
        assertThat(house.failures).isEmpty();
    }

    @Test
    void aCopyThatFailsLeavesTheOthersFine() throws Exception {
        texts();
        house.loaded(
                house.write(
                        "routes/both.camel.yaml",
                        """
                - route:
                    id: both
                    from:
                      uri: sense:hand-fed
                      steps:
                        - multicast:
                            steps:
                              - to: act:recording
                              - pipeline:
                                  steps:
                                    - to: encode:toy-bytes
                                    - to: infer:letters
                                    - to: decide:toy-argmax?above=0.9
                                    - to: act:recording?actions=actions.yaml
                """));
        house.sensor.put("me", "+", true);
        assertThat(house.failures)
                .singleElement()
                .asString()
                .contains("acts on decisions, found +");
        assertThat(house.done()).containsExactly("light_on");
    }

    @Test
    void aDecisionThatIsActedOnBehindAQueueIsReportedOnce() throws Exception {
        texts();
        house.loaded(
                house.write(
                        "routes/two.camel.yaml",
                        """
                - route:
                    id: acting
                    from:
                      uri: seda:decisions
                      steps:
                        - to: act:recording?actions=actions.yaml
                - route:
                    id: deciding
                    from:
                      uri: sense:hand-fed
                      steps:
                        - to: encode:toy-bytes
                        - to: infer:letters
                        - to: decide:toy-argmax?above=0.9
                        - to: seda:decisions
                """));
        for (int i = 0; i < 20; i++) {
            house.sensor.put("me", "+", true);
        }
        house.sensor.end();
        await().until(house.files::ended);
        assertThat(house.done()).hasSize(20);
        assertThat(house.reports).hasSize(20).allMatch(r -> r.action() != null);
        assertThat(house.reports).extracting(r -> r.sequence()).doesNotHaveDuplicates();
    }

    @Test
    void whatTheSensorReusesIsCopiedBeforeAQueue() throws Exception {
        texts();
        house.loaded(
                house.write(
                        "routes/two.camel.yaml",
                        """
                - route:
                    id: deciding
                    from:
                      uri: seda:texts
                      steps:
                        - to: encode:toy-bytes
                        - to: infer:letters
                        - to: decide:toy-argmax?above=0.9
                        - to: act:recording?actions=actions.yaml
                - route:
                    id: sensing
                    from:
                      uri: sense:hand-fed
                      steps:
                        - to: seda:texts
                """));
        CharBuffer buffer = CharBuffer.allocate(1);
        for (int i = 0; i < 50; i++) {
            buffer.put(0, i % 2 == 0 ? '+' : '-');
            house.sensor.put("me", buffer, true);
            buffer.put(0, '?');
        }
        house.sensor.end();
        await().until(house.files::ended);
        assertThat(house.failures).isEmpty();
        assertThat(house.done()).hasSize(50).startsWith("light_on", "light_off", "light_on");
        assertThat(house.reports).extracting(r -> r.text()).containsOnly("+", "-");
    }

    @Test
    void aWordBehindFromThatSensesNothingIsRefused() throws Exception {
        texts();
        Path file = house.route("odd", "act:recording", ENCODE, INFER, DECIDE);
        house.files.load(file);
        assertThat(house.status(file).state()).isEqualTo(State.BROKEN);
        assertThat(house.status(file).sentence())
                .startsWith(file + ":4: 'act:recording' cannot begin a route");
        Path sensing = house.route("late", "direct:in", "sense:hand-fed");
        house.files.load(sensing);
        assertThat(house.status(sensing).state()).isEqualTo(State.BROKEN);
        assertThat(house.status(sensing).sentence())
                .startsWith(sensing + ":6: 'sense:hand-fed' begins a route");
    }

    @Test
    void aFailureInTheMiddleOfAnUtteranceLeavesNothingBehind() throws Exception {
        house = new TestHouse(folder, TensorSpec.of("values", Tensor.Type.FLOAT32, "1", 1, 2));
        house.running(
                "lights",
                "sense:hand-fed",
                "infer:linear",
                "decide:toy-argmax?above=0.9",
                "act:recording?actions=actions.yaml");
        house.actuator.failWith(new GanglionException(Kind.RETRY, "the lamp does not answer"));
        house.sensor.put("me", TestHouse.row(9, 0), false);
        house.actuator.failWith(null);
        house.sensor.put("me", TestHouse.row(0, 9), true);
        assertThat(house.failures).containsExactly("the lamp does not answer");
        assertThat(house.done()).containsExactly("light_off");
    }

    @Test
    void messagesAtTheSameTimeShareOneDeviceAndTheLanesAreTaken() throws Exception {
        house = new TestHouse(folder, TensorSpec.of("value", Tensor.Type.FLOAT32, "1", 1));
        house.running(
                "slow",
                "sense:hand-fed",
                "infer:slow",
                "decide:each-step?tensor=echo",
                "act:recording");
        house.engine.slowGate().hold();
        CompletableFuture<?>[] messages = new CompletableFuture<?>[3];
        for (int i = 0; i < messages.length; i++) {
            float value = i;
            messages[i] =
                    CompletableFuture.runAsync(
                            () -> house.sensor.put("stream" + value, values(value), true),
                            task -> new Thread(task).start());
        }
        house.engine.slowGate().awaitWaiting(3);
        assertThat(house.actuator.openDevices()).isEqualTo(1);
        assertThat(house.engine.openSessions()).isEqualTo(3);
        assertThat(house.files.caughtUp()).isFalse();
        house.engine.slowGate().open();
        CompletableFuture.allOf(messages).get(30, TimeUnit.SECONDS);
        assertThat(house.reports)
                .extracting(r -> r.stream() + " " + r.decision().parameters().get("value"))
                .containsExactlyInAnyOrder("stream0.0 0.0", "stream1.0 1.0", "stream2.0 2.0");
        house.files.close();
        assertThat(house.actuator.openDevices()).isZero();
        assertThat(house.engine.openSessions()).isZero();
    }

    @Test
    void aWordUnderAChangingAddressIsRefused() throws Exception {
        texts();
        Path file =
                house.write(
                        "routes/tap.camel.yaml",
                        """
                        - route:
                            id: tap
                            from:
                              uri: direct:in
                              steps:
                                - wireTap:
                                    uri: act:recording
                        """);
        house.files.load(file);
        assertThat(house.status(file).sentence())
                .startsWith(file + ":6: 'act:recording' stands where addresses may change")
                .contains("write it under 'to:'");
        assertThat(house.status(file).state()).isEqualTo(State.BROKEN);
        assertThat(List.copyOf(house.camel.getRoutes())).isEmpty();
    }
}
