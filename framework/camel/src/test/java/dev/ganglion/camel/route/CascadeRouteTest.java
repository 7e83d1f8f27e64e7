package dev.ganglion.camel.route;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import dev.ganglion.api.data.Decision;
import dev.ganglion.api.sense.Sensor;
import dev.ganglion.runtime.report.Hop;
import dev.ganglion.runtime.report.Report;
import dev.ganglion.runtime.report.Spoken;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Rules, then a toy that knows {@code +} and {@code -}, then another machine. */
class CascadeRouteTest {
    @TempDir Path folder;
    private TestHouse house;
    private HttpServer neighbour;
    private final AtomicInteger asked = new AtomicInteger();
    private volatile int status = 200;
    private volatile String answer =
            "{\"action\": {\"intent\": \"light_off\"}, \"reply\": \"off it is\", \"confidence\": 0.9}";

    @BeforeEach
    void open() throws Exception {
        house = new TestHouse(folder);
        neighbour =
                HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        neighbour.createContext(
                "/command",
                exchange -> {
                    asked.incrementAndGet();
                    exchange.getRequestBody().readAllBytes();
                    byte[] body = answer.getBytes(StandardCharsets.UTF_8);
                    exchange.sendResponseHeaders(status, body.length);
                    exchange.getResponseBody().write(body);
                    exchange.close();
                });
        neighbour.start();
        house.write(
                "routes/rules.yaml",
                """
                rules:
                  - intent: light_on
                    say: [light please]
                    reply: Here you are.
                """);
        house.write(
                "routes/letters.yaml",
                """
                intents:
                  light_on: {intent: light_on, reply: It is on.}
                """);
        house.write(
                "routes/understand.yaml",
                """
                stages:
                  - {name: rules, rules: rules.yaml}
                  - {name: small, infer: letters, decide: "toy-argmax?above=0.9", actions: letters.yaml}
                  - {name: neighbour, peer: "%s"}
                otherwise: Pardon?
                """
                        .formatted(peer() + "/command"));
        house.words.peerRules(folder.resolve("peers.yaml"));
    }

    private String peer() {
        return "http://127.0.0.1:" + neighbour.getAddress().getPort();
    }

    private void allow(String classes) {
        house.write("peers.yaml", "peers:\n  \"" + peer() + "\": [" + classes + "]\n");
    }

    @AfterEach
    void close() {
        neighbour.stop(0);
        house.close();
    }

    private Spoken says(String text) {
        house.template.sendBody("direct:said", text);
        Report report = house.reports.get(house.reports.size() - 1);
        assertThat(report.text()).isEqualTo(text);
        return Objects.requireNonNull(report.spoken());
    }

    private void runs(String cascade) {
        house.running("talk", "direct:said", cascade, "act:recording?actions=actions.yaml");
    }

    private static List<String> stages(Spoken spoken) {
        return spoken.hops().stream().map(Hop::stage).toList();
    }

    @Test
    void whoeverIsSureFirstAnswersAndTheOthersAreNotAsked() {
        runs("cascade:understand.yaml");
        Spoken byRule = says("Light, please!");
        assertThat(stages(byRule)).containsExactly("rules");
        assertThat(byRule.reply()).isEqualTo("Here you are.");
        Spoken byModel = says("+");
        assertThat(stages(byModel)).containsExactly("rules", "small");
        assertThat(byModel.hop()).isEqualTo("small");
        assertThat(byModel.reply()).isEqualTo("It is on.");
        assertThat(house.done()).containsExactly("light_on", "light_on");
    }

    @Test
    void theNextUtteranceBeginsWithTheFirstStageAgain() {
        runs("cascade:understand.yaml");
        assertThat(stages(says("+"))).containsExactly("rules", "small");
        assertThat(stages(says("light please"))).containsExactly("rules");
    }

    @Test
    void nothingGoesToAPeerUnlessTheOwnerAllowedItsClass() {
        runs("cascade:understand.yaml?privacy=household");
        Spoken nobody = says("-");
        assertThat(nobody.reply()).isEqualTo("Pardon?");
        assertThat(nobody.hops().get(2).why()).contains(peer()).contains("peers.yaml");
        allow("public");
        assertThat(says("-").hops().get(2).why()).contains("household").contains("public");
        assertThat(asked).hasValue(0);
        allow("household");
        Spoken byPeer = says("-");
        assertThat(byPeer.hop()).isEqualTo("neighbour");
        assertThat(byPeer.reply()).isEqualTo("off it is");
        assertThat(asked).hasValue(1);
        assertThat(house.done()).containsExactly("light_off");
    }

    @Test
    void whatIsPrivateLeavesOnNobodysWord() {
        allow("household, public");
        runs("cascade:understand.yaml");
        assertThat(says("-").hops().get(2).why()).contains("private");
        house.write("peers.yaml", "peers:\n  \"" + peer() + "\": [private]\n");
        assertThat(says("-").hops().get(2).why()).contains("private never leaves");
        assertThat(asked).hasValue(0);
    }

    @Test
    void aPeerThatFailsIsPassedOverAndTheRouteGoesOn() {
        allow("public");
        runs("cascade:understand.yaml?privacy=public");
        status = 503;
        assertThat(says("-").hops().get(2).why()).contains("503");
        status = 200;
        answer = "nonsense";
        assertThat(says("-").hops().get(2).why()).contains("nonsense").contains("\"action\"");
        neighbour.stop(0);
        assertThat(says("-").hops().get(2).why()).contains("does not answer");
        assertThat(says("+").hop()).as("works with no network").isEqualTo("small");
        assertThat(house.failures).isEmpty();
    }

    @Test
    void whatAPeerIsNotSureOfOrMayNotDoIsNotDoneHere() {
        allow("public");
        runs("cascade:understand.yaml?privacy=public");
        String sure = answer;
        answer =
                "{\"action\": {\"intent\": \"light_off\"}, \"reply\": \"off it is\","
                        + " \"confidence\": 0.9, \"refused\": \"not allowed there\"}";
        assertThat(says("-").reply()).isEqualTo("Pardon?");
        answer = "{\"action\": {\"intent\": \"light_off\"}, \"confidence\": 0.9, \"sure\": false}";
        says("-");
        assertThat(house.done()).isEmpty();
        answer = sure;
        says("-");
        assertThat(house.done()).containsExactly("light_off");
    }

    @Test
    void theDecidersBoundHoldsWhateverTheActionsFileSays() {
        house.write(
                "routes/understand.yaml",
                """
                stages:
                  - {name: small, infer: letters, decide: "toy-argmax?above=1", actions: letters.yaml}
                otherwise: Pardon?
                """);
        runs("cascade:understand.yaml");
        Spoken unsure = says("+");
        assertThat(unsure.hops().get(0).sure()).isFalse();
        assertThat(unsure.reply()).isEqualTo("Pardon?");
        assertThat(house.done()).isEmpty();
    }

    @Test
    void whatNobodyDidIsNotSaidToBeDone() {
        house.write("routes/none.yaml", "light_off:\n  action: light_off\n  room: kitchen\n");
        house.running(
                "talk",
                "direct:said",
                "cascade:understand.yaml",
                "act:recording?actions=none.yaml");
        Spoken spoken = says("light please");
        assertThat(spoken.reply()).contains("Nothing was done").contains("light_on");
        assertThat(house.done()).isEmpty();
    }

    @Test
    void whatIsNotSureReachesNoSecondDeviceButAsAnAnswer() {
        house.write("routes/say.yaml", "\"*\":\n  action: light_off\n  room: \"{reply}\"\n");
        house.running(
                "talk",
                "direct:said",
                "cascade:understand.yaml?stages=rules",
                "act:recording?actions=actions.yaml",
                "act:recording?actions=actions.yaml");
        Spoken unsure = says("nobody knows this");
        assertThat(unsure.reply()).isEqualTo("Pardon?");
        assertThat(house.done()).isEmpty();
    }

    @Test
    void aCopyOfAMessageIsNotHeardAndTheFollowerIsToldOnce() {
        house.running(
                "heard",
                "sense:hand-fed",
                "cascade:understand.yaml?stages=rules",
                "act:recording?actions=actions.yaml");
        List<String> ends = new ArrayList<>();
        house.sensor.ask(
                "me",
                "nothing of the kind",
                true,
                new Sensor.Follower() {
                    @Override
                    public void ended(String failure) {
                        ends.add("ended" + failure);
                    }
                });
        assertThat(ends).containsExactly("ended");
    }

    @Test
    void whatGivesNoTextIsRefusedAtTheWiring() {
        Path file =
                house.route(
                        "talk",
                        "direct:said",
                        "encode:toy-bytes?model=letters",
                        "cascade:understand.yaml");
        house.files.load(file);
        assertThat(house.status(file).state()).isEqualTo(RouteFiles.State.BROKEN);
        assertThat(house.status(file).sentence()).contains("encode:toy-bytes", "takes text");
    }

    @Test
    void onlyTheStagesThatAreWantedAreAsked() {
        runs("cascade:understand.yaml?stages=small");
        assertThat(stages(says("light please"))).containsExactly("small");
    }

    @Test
    void whoWouldComeTooLateIsNotAskedAndTheFirstAlwaysIs() {
        allow("public");
        // Whatever the sensing took, a budget that has passed is over for everybody but the first.
        runs("cascade:understand.yaml?budgetMillis=1&privacy=public");
        house.template.sendBody("direct:said", "light please");
        house.template.send(
                "direct:said",
                exchange -> {
                    exchange.getMessage().setBody("-");
                    long until = exchange.getClock().getCreated() + 5;
                    while (System.currentTimeMillis() < until) {
                        Thread.onSpinWait();
                    }
                });
        Spoken late = Objects.requireNonNull(house.reports.get(1).spoken());
        assertThat(late.hops().get(0).why()).isEqualTo("it has no answer");
        assertThat(late.hops().get(1).why()).contains("ms are left");
        assertThat(late.hops().get(2).why()).contains("ms are left");
        assertThat(asked).hasValue(0);
    }

    @Test
    void aFollowerHearsWhatComesOfItInOrder() {
        house.running(
                "heard",
                "sense:hand-fed",
                "cascade:understand.yaml?stages=rules",
                "act:recording?actions=actions.yaml");
        List<String> events = new ArrayList<>();
        house.sensor.ask(
                "me",
                "light please",
                true,
                new Sensor.Follower() {
                    @Override
                    public void heard(CharSequence text) {
                        events.add("heard " + text);
                    }

                    @Override
                    public void decided(Decision decision, String refusal) {
                        events.add("decided " + decision.name() + refusal);
                    }

                    @Override
                    public void said(CharSequence piece) {
                        events.add("said " + piece);
                    }

                    @Override
                    public void ended(String failure) {
                        events.add("ended" + failure);
                    }
                });
        assertThat(events)
                .containsExactly(
                        "heard light please", "decided light_on", "said Here you are.", "ended");
    }

    @Test
    void whatTheFileCannotMeanIsRefusedBeforeTheRouteRuns() {
        refused("cascade:understand.yaml?stages=rules,large", "large", "rules, small, neighbour");
        refused("cascade:understand.yaml?engine=fast", "engine", "stages, budgetMillis");
        refused("cascade:nowhere.yaml", "nowhere.yaml");
        refused("cascade:understand.yaml?privacy=secret", "secret", "private");
    }

    private void refused(String cascade, String... parts) {
        Path file = house.route("talk", "direct:said", cascade);
        house.files.load(file);
        assertThat(house.status(file).state()).isEqualTo(RouteFiles.State.BROKEN);
        assertThat(house.status(file).sentence()).contains(parts);
    }

    @Test
    void aModelThatIsNotThereIsWaitedFor() throws Exception {
        Path understand = folder.resolve("routes/understand.yaml");
        Files.writeString(
                understand,
                Files.readString(understand).replace("infer: letters", "infer: \"{who}\""));
        Path file = house.route("talk", "direct:said", "cascade:understand.yaml?who=nobody");
        house.files.load(file);
        assertThat(house.status(file).state()).isEqualTo(RouteFiles.State.WAITING);
        assertThat(house.status(file).sentence()).contains("nobody");
        runs("cascade:understand.yaml?who=letters");
        assertThat(says("+").hop()).isEqualTo("small");
    }
}
