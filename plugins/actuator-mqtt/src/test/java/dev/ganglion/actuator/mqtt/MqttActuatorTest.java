package dev.ganglion.actuator.mqtt;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.ganglion.api.act.Actuator;
import dev.ganglion.api.data.GanglionException;
import dev.ganglion.api.data.Options;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class MqttActuatorTest {
    private static final String LAMP = "ganglion/hall_ceiling_light/state";
    private static final String LAMP_SET = "ganglion/hall_ceiling_light/set";
    private static final String AVAILABILITY = "ganglion/availability";

    private static Mosquitto mosquitto;

    @TempDir Path folder;

    private final MqttActuator actuator = new MqttActuator();
    private Watcher watcher;

    @BeforeAll
    static void startBroker() {
        mosquitto = new Mosquitto();
    }

    @AfterAll
    static void stopBroker() {
        if (mosquitto != null) {
            mosquitto.close();
        }
    }

    @BeforeEach
    void watch() throws Exception {
        watcher = new Watcher(mosquitto.uri());
    }

    @AfterEach
    void stopWatching() throws Exception {
        watcher.close();
    }

    private Options options(String broker, String... more) {
        Map<String, String> given = new HashMap<>(Map.of("broker", broker));
        for (int i = 0; i < more.length; i += 2) {
            given.put(more[i], more[i + 1]);
        }
        return Options.of("act:mqtt", actuator.options(), given, folder);
    }

    private Actuator.Device open(String... more) {
        return actuator.open(options(mosquitto.uri(), more));
    }

    private static void refused(
            ThrowingCallable call, GanglionException.Kind kind, String... parts) {
        assertThatThrownBy(call)
                .isInstanceOfSatisfying(
                        GanglionException.class, e -> assertThat(e.kind()).isEqualTo(kind))
                .hasMessageStartingWith("act:mqtt: ")
                .hasMessageContainingAll(parts);
    }

    private static void setup(ThrowingCallable call, String... parts) {
        refused(call, GanglionException.Kind.SETUP, parts);
    }

    private static List<Thread> threads() {
        return Thread.getAllStackTraces().keySet().stream()
                .filter(
                        thread ->
                                thread.getName().startsWith("ganglion act:mqtt")
                                        || thread.getName().contains("ganglion-"))
                .toList();
    }

    /** One that was told to end may need a moment; one that was not would still be there. */
    private static void awaitNoThread() {
        await().atMost(Duration.ofSeconds(10)).until(() -> threads().isEmpty());
    }

    @Test
    void whoComesLaterFindsEachDeviceItsStateAndThatItIsThere() throws Exception {
        try (Actuator.Device device = open();
                Watcher late = new Watcher(mosquitto.uri())) {
            late.awaitText(AVAILABILITY, "online");
            String config = "homeassistant/light/ganglion_hall_ceiling_light/config";
            late.awaitFields(
                    config,
                    Map.of(
                            "name",
                            "ceiling light",
                            "schema",
                            "json",
                            "brightness",
                            true,
                            "brightness_scale",
                            100,
                            "unique_id",
                            "ganglion_hall_ceiling_light",
                            "state_topic",
                            LAMP,
                            "command_topic",
                            LAMP_SET,
                            "availability_topic",
                            AVAILABILITY));
            assertThat(late.object(config).get("device"))
                    .asInstanceOf(InstanceOfAssertFactories.MAP)
                    .containsEntry("identifiers", List.of("ganglion_hall"))
                    .containsEntry("suggested_area", "hall");
            late.awaitFields(LAMP, Map.of("state", "OFF", "brightness", 100, "color_mode", "rgb"));
            late.awaitFields(
                    "homeassistant/switch/ganglion_kitchen_kettle_plug/config",
                    Map.of("command_topic", "ganglion/kitchen_kettle_plug/set"));
            late.awaitText("ganglion/kitchen_kettle_plug/state", "OFF");
        }
    }

    @Test
    void anActionIsPublishedWhenItReturns() {
        try (Actuator.Device device = open()) {
            device.perform("light_on", Map.of("room", "hall", "brightness", 40.0));
            watcher.awaitFields(LAMP, Map.of("state", "ON", "brightness", 40));
            device.perform("light_colour", Map.of("room", "hallway", "colour", "orange"));
            watcher.awaitFields(LAMP, Map.of("color", Map.of("r", 255, "g", 165, "b", 0)));
            device.perform("plug_on", Map.of("device", "kettle"));
            watcher.awaitText("ganglion/kitchen_kettle_plug/state", "ON");
            device.perform("light_off", Map.of());
            watcher.awaitFields(LAMP, Map.of("state", "OFF", "brightness", 40));
        }
    }

    @Test
    void whatOthersCommandIsDoneSaidAndBuiltUpon() throws Exception {
        try (Actuator.Device device = open()) {
            watcher.say(LAMP_SET, "{\"state\":\"ON\",\"brightness\":60}");
            watcher.awaitFields(LAMP, Map.of("state", "ON", "brightness", 60));
            device.perform("light_dim", Map.of("room", "hall", "by", 25.0));
            watcher.awaitFields(LAMP, Map.of("state", "ON", "brightness", 35));
            watcher.say("ganglion/kitchen_coffee_machine/set", "ON");
            watcher.awaitText("ganglion/kitchen_coffee_machine/state", "ON");
        }
    }

    @Test
    void aBadCommandChangesNothingAndIsAnsweredWithTheState() throws Exception {
        try (Actuator.Device device = open()) {
            device.perform("light_on", Map.of("room", "hall", "brightness", 40.0));
            watcher.awaitFields(LAMP, Map.of("brightness", 40));
            int before = watcher.count(LAMP);
            watcher.say(LAMP_SET, "{\"state\":\"ON\",\"brightness\":4000}");
            watcher.awaitCount(LAMP, before + 1);
            assertThat(watcher.object(LAMP)).containsEntry("brightness", 40);
            watcher.say("ganglion/no_such_lamp/set", "ON");
            watcher.say(LAMP_SET, "{\"brightness\":41}");
            watcher.awaitFields(LAMP, Map.of("brightness", 41));
            assertThat(watcher.last()).doesNotContainKey("ganglion/no_such_lamp/state");
        }
    }

    @Test
    void aCommandThatWasRetainedLongAgoIsIgnored() throws Exception {
        watcher.retain(LAMP_SET, "{\"state\":\"ON\"}");
        try (Actuator.Device device = open()) {
            watcher.say("ganglion/kitchen_kettle_plug/set", "ON");
            watcher.awaitText("ganglion/kitchen_kettle_plug/state", "ON");
            watcher.awaitFields(LAMP, Map.of("state", "OFF"));
            device.makeSafe();
        } finally {
            watcher.retain(LAMP_SET, "");
        }
    }

    @Test
    void closingSaysOfflineAndLeavesNoThread() {
        Actuator.Device device = open();
        watcher.awaitText(AVAILABILITY, "online");
        assertThat(threads()).isNotEmpty().allMatch(Thread::isDaemon);
        device.close();
        watcher.awaitText(AVAILABILITY, "offline");
        awaitNoThread();
        device.close();
        assertThatThrownBy(() -> device.perform("light_on", Map.of()))
                .isInstanceOf(IllegalStateException.class);
    }

    @Test
    void theBrokerSaysOfflineWhenTheConnectionIsCutAndAllIsSaidAgainAfterwards() throws Exception {
        try (Relay relay = new Relay(mosquitto.port());
                Actuator.Device device = actuator.open(options(relay.uri()))) {
            device.perform("light_on", Map.of("room", "hall", "brightness", 33.0));
            watcher.awaitText(AVAILABILITY, "online");
            relay.cut();
            watcher.awaitText(AVAILABILITY, "offline");
            watcher.retain(LAMP, "forgotten");
            relay.mend();
            watcher.awaitText(AVAILABILITY, "online");
            watcher.awaitFields(LAMP, Map.of("state", "ON", "brightness", 33));
            watcher.say(LAMP_SET, "{\"state\":\"OFF\"}");
            watcher.awaitFields(LAMP, Map.of("state", "OFF"));
        }
    }

    @Test
    void withoutAConnectionAnActionIsToBeTriedAgainAndThenWorks() throws Exception {
        try (Relay relay = new Relay(mosquitto.port());
                Actuator.Device device = actuator.open(options(relay.uri()))) {
            device.perform("light_on", Map.of("room", "hall", "brightness", 50.0));
            relay.cut();
            watcher.awaitText(AVAILABILITY, "offline");
            refused(
                    () -> device.perform("light_dim", Map.of("room", "hall")),
                    GanglionException.Kind.RETRY,
                    relay.uri());
            relay.mend();
            watcher.awaitText(AVAILABILITY, "online");
            device.perform("light_dim", Map.of("room", "hall"));
            watcher.awaitFields(LAMP, Map.of("brightness", 30));
        }
    }

    @Test
    void aBrokerThatFallsSilentIsNotWaitedForLongerThanTheTimeout() throws Exception {
        try (Relay relay = new Relay(mosquitto.port());
                Actuator.Device device =
                        actuator.open(options(relay.uri(), "timeoutMillis", "500"))) {
            relay.swallow();
            refused(
                    () -> device.perform("light_on", Map.of("room", "hall")),
                    GanglionException.Kind.RETRY,
                    relay.uri(),
                    "timeoutMillis=500");
            device.makeSafe();
        }
    }

    @Test
    void makeSafeWithoutAConnectionIsSaidOnTheNextOne() throws Exception {
        try (Relay relay = new Relay(mosquitto.port());
                Actuator.Device device = actuator.open(options(relay.uri()))) {
            device.perform("light_on", Map.of("room", "hall"));
            watcher.awaitFields(LAMP, Map.of("state", "ON"));
            relay.cut();
            watcher.awaitText(AVAILABILITY, "offline");
            device.makeSafe();
            relay.mend();
            watcher.awaitText(AVAILABILITY, "online");
            watcher.awaitFields(LAMP, Map.of("state", "OFF"));
        }
    }

    @Test
    void closingWhileTheConnectionIsTriedAgainLeavesNoThread() throws Exception {
        try (Relay relay = new Relay(mosquitto.port())) {
            Actuator.Device device = actuator.open(options(relay.uri()));
            relay.cut();
            watcher.awaitText(AVAILABILITY, "offline");
            device.close();
            awaitNoThread();
        }
    }

    @Test
    void makeSafeSwitchesEverythingOff() {
        try (Actuator.Device device = open()) {
            device.perform("light_on", Map.of());
            device.perform("plug_on", Map.of("device", "kettle"));
            watcher.awaitText("ganglion/kitchen_kettle_plug/state", "ON");
            device.makeSafe();
            watcher.awaitText("ganglion/kitchen_kettle_plug/state", "OFF");
            watcher.awaitFields(LAMP, Map.of("state", "OFF"));
        }
    }

    @Test
    void twoRoutesShareOneConnectionAndOneState() {
        try (Actuator.Device first = open()) {
            try (Actuator.Device second = open()) {
                first.perform("light_on", Map.of("room", "hall", "brightness", 50.0));
                second.perform("light_dim", Map.of("room", "hall", "by", 10.0));
                watcher.awaitFields(LAMP, Map.of("brightness", 40));
            }
            first.perform("light_dim", Map.of("room", "hall", "by", 10.0));
            watcher.awaitFields(LAMP, Map.of("brightness", 30));
            watcher.awaitText(AVAILABILITY, "online");
        }
        watcher.awaitText(AVAILABILITY, "offline");
    }

    @Test
    void otherOptionsOnTheSameTopicsAreRefused() {
        try (Actuator.Device first = open()) {
            setup(() -> open("discoveryPrefix", "elsewhere"), "topicPrefix=ganglion", "another");
            first.perform("light_on", Map.of("room", "kitchen"));
        }
    }

    @Test
    void aHomeOfOnesOwnHasItsLightsAndPlugsOnly() throws Exception {
        Path file =
                Files.writeString(
                        folder.resolve("den.yaml"),
                        """
                        rooms:
                          - name: Höhle
                            devices:
                              - {name: lamp, kind: light}
                              - {name: läm, kind: light}
                              - {name: heating, kind: thermostat}
                        """);
        try (Actuator.Device device = open("home", file.toString(), "topicPrefix", "my/den")) {
            device.perform("light_on", Map.of("room", "höhle"));
            watcher.awaitFields("my/den/h_hle_lamp/state", Map.of("state", "ON"));
            watcher.awaitFields("my/den/h_hle_l_m/state", Map.of("state", "ON"));
            watcher.awaitText("my/den/availability", "online");
        }
        assertThat(watcher.last().keySet()).noneMatch(topic -> topic.contains("heating"));
    }

    @Test
    void namesThatDifferInOtherScriptsOnlyGetTopicsOfTheirOwn() throws Exception {
        Path file =
                Files.writeString(
                        folder.resolve("den.json"),
                        "{\"rooms\":[{\"name\":\"x\",\"devices\":[{\"name\":\"台\",\"kind\":\"plug\"},"
                                + "{\"name\":\"床\",\"kind\":\"plug\"}]}]}");
        try (Actuator.Device device = open("home", file.toString(), "topicPrefix", "cjk")) {
            device.perform("plug_on", Map.of("device", "床"));
            watcher.awaitText("cjk/x__2/state", "ON");
            watcher.awaitText("cjk/x_/state", "OFF");
        }
    }

    @Test
    void noBrokerIsSaidInASentence() {
        String nowhere = "tcp://127.0.0.1:" + Mosquitto.freePort();
        refused(
                () -> actuator.open(options(nowhere)),
                GanglionException.Kind.RETRY,
                "no MQTT broker answers at " + nowhere + " (connection refused)",
                "start it or set broker=");
        awaitNoThread();
    }

    @Test
    void anUnknownHostIsSaidInASentence() {
        refused(
                () -> actuator.open(options("tcp://no-such-host.invalid:1883")),
                GanglionException.Kind.RETRY,
                "unknown host");
    }

    @Test
    void aServerThatNeverAnswersIsGivenUp() throws Exception {
        try (ServerSocket mute = new ServerSocket(0, 5, InetAddress.getLoopbackAddress())) {
            refused(
                    () ->
                            actuator.open(
                                    options(
                                            "tcp://127.0.0.1:" + mute.getLocalPort(),
                                            "timeoutMillis",
                                            "500")),
                    GanglionException.Kind.RETRY,
                    "no answer in time, with timeoutMillis=500");
            awaitNoThread();
        }
    }

    /** As a forwarded port does while the broker behind it is down. */
    @Test
    void aPortThatEndsEachConnectionAtOnceIsGivenUpAndLeavesNoThread() throws Exception {
        try (Relay relay = new Relay(mosquitto.port())) {
            relay.cut();
            for (int i = 0; i < 5; i++) {
                refused(
                        () -> actuator.open(options(relay.uri(), "timeoutMillis", "1000")),
                        GanglionException.Kind.RETRY,
                        "no MQTT broker answers at " + relay.uri());
            }
            awaitNoThread();
        }
    }

    @Test
    void aServerThatSpeaksSomethingElseIsGivenUpAndLeavesNoThread() throws Exception {
        try (ServerSocket web = new ServerSocket(0, 5, InetAddress.getLoopbackAddress())) {
            Thread server =
                    new Thread(
                            () -> {
                                try (Socket client = web.accept()) {
                                    client.getOutputStream()
                                            .write("HTTP/1.1 400 Bad Request\r\n\r\n".getBytes());
                                    client.getInputStream().readAllBytes();
                                } catch (IOException closed) {
                                    return;
                                }
                            });
            server.start();
            refused(
                    () ->
                            actuator.open(
                                    options(
                                            "tcp://127.0.0.1:" + web.getLocalPort(),
                                            "timeoutMillis",
                                            "1000")),
                    GanglionException.Kind.RETRY,
                    "no MQTT broker answers at");
            awaitNoThread();
            server.join();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"127.0.0.1:1883", "http://127.0.0.1:1883", "tcp://", "tcp://a b"})
    void aBrokerThatIsNoAddressIsRefused(String broker) {
        setup(() -> actuator.open(options(broker)), "tcp://host:port", broker);
    }

    @Test
    void aPasswordInTheAddressIsRefusedAndNotRepeated() {
        assertThatThrownBy(() -> actuator.open(options("tcp://ann:s3cret@127.0.0.1:1883")))
                .isInstanceOf(GanglionException.class)
                .hasMessageContaining("passwordFile")
                .hasMessageNotContainingAny("s3cret", "ann");
    }

    @ParameterizedTest
    @ValueSource(strings = {"a/+/b", "#", "/a", "a//b", "a b"})
    void aPrefixThatIsNoTopicIsRefused(String prefix) {
        setup(() -> open("topicPrefix", prefix), "topicPrefix", "'" + prefix + "'");
    }

    @Test
    void aPasswordFileWithoutAUserIsRefused() {
        setup(() -> open("passwordFile", "secret"), "username");
    }

    @Test
    void aPasswordFileThatIsMissingOrEmptyIsRefused() throws IOException {
        Path file = Files.writeString(folder.resolve("empty"), "\n");
        setup(() -> open("username", "ann", "passwordFile", "none"), "none", "cannot be read");
        setup(() -> open("username", "ann", "passwordFile", "empty"), file.toString(), "is empty");
    }

    @Test
    void aMissingHomeIsRefused() {
        setup(() -> open("home", "none.yaml"), folder.resolve("none.yaml").toString());
    }
}
