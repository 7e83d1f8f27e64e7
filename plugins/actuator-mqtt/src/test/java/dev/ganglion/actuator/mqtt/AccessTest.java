package dev.ganglion.actuator.mqtt;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.ganglion.api.act.Actuator;
import dev.ganglion.api.data.GanglionException;
import dev.ganglion.api.data.Options;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A broker that knows its users and what each may do. */
class AccessTest {
    @TempDir static Path folder;

    private static Mosquitto mosquitto;

    private final MqttActuator actuator = new MqttActuator();

    @BeforeAll
    static void start() throws Exception {
        Path program = Mosquitto.find("mosquitto_passwd");
        assumeTrue(program != null, "mosquitto is not installed; apt-get install mosquitto");
        Path passwords = Files.createFile(folder.resolve("passwords"));
        for (String user : new String[] {"ann", "bob"}) {
            Process process =
                    new ProcessBuilder(
                                    program.toString(), "-b", passwords.toString(), user, "s3cret")
                            .start();
            assertThat(process.waitFor()).isZero();
        }
        Path rights =
                Files.writeString(
                        folder.resolve("rights"),
                        "user ann\ntopic readwrite #\nuser bob\ntopic readwrite ganglion/#\n");
        Files.writeString(folder.resolve("right"), "s3cret\n");
        Files.writeString(folder.resolve("wrong"), "guess\n");
        mosquitto =
                new Mosquitto(
                        "allow_anonymous false",
                        "password_file " + passwords,
                        "acl_file " + rights);
    }

    @AfterAll
    static void stop() {
        if (mosquitto != null) {
            mosquitto.close();
        }
    }

    private Actuator.Device open(String... given) {
        Map<String, String> options = new HashMap<>(Map.of("broker", mosquitto.uri()));
        for (int i = 0; i < given.length; i += 2) {
            options.put(given[i], given[i + 1]);
        }
        return actuator.open(Options.of("act:mqtt", actuator.options(), options, folder));
    }

    private void refused(String part, String... given) {
        assertThatThrownBy(() -> open(given))
                .isInstanceOfSatisfying(
                        GanglionException.class,
                        e -> assertThat(e.kind()).isEqualTo(GanglionException.Kind.SETUP))
                .hasMessageContaining(mosquitto.uri())
                .hasMessageContaining(part)
                .hasMessageNotContainingAny("s3cret", "guess");
    }

    @Test
    void theRightPasswordOpens() {
        try (Actuator.Device device = open("username", "ann", "passwordFile", "right")) {
            device.perform("light_on", Map.of("room", "hall"));
        }
    }

    @Test
    void aWrongPasswordIsRefused() {
        refused("refuses 'ann'", "username", "ann", "passwordFile", "wrong");
    }

    @Test
    void nobodyIsRefused() {
        refused("refuses users without a name");
    }

    @Test
    void aUserWhoMayNotPublishThereIsRefused() {
        refused(
                "does not let 'bob' publish to homeassistant/",
                "username",
                "bob",
                "passwordFile",
                "right");
    }
}
