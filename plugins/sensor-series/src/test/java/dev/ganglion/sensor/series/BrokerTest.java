package dev.ganglion.sensor.series;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.ganglion.api.data.Options;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.eclipse.paho.mqttv5.client.MqttConnectionOptions;
import org.junit.jupiter.api.Test;

class BrokerTest extends Fixture {
    private AutoCloseable open(String uri, String... given) {
        Map<String, String> all = map(given);
        all.putIfAbsent("columns", "t,h");
        all.putIfAbsent("topic", "room/+");
        all.put("broker", uri);
        return sensor.open(Options.of("sense:series", sensor.options(), all, folder), sink);
    }

    @Test
    void messagesAreRowsOrObjectsAndEachTopicIsAStream() throws Exception {
        try (Mosquitto mosquitto = new Mosquitto();
                Publisher publisher = new Publisher(mosquitto.uri());
                AutoCloseable open = open(mosquitto.uri())) {
            assertThat(open).isNotNull();
            mosquitto.awaitSubscriptions(1);
            publisher.say("room/1", "20.5, 60\n");
            publisher.say("room/2", "{\n \"h\": 61,\n \"t\": \"21\", \"battery\": [1]}");
            publisher.say("room/1", "20,61");
            assertThat(sink.next()).isEqualTo("room/1:1 20.5 60.0 last");
            assertThat(sink.next()).isEqualTo("room/2:1 21.0 61.0 last");
            assertThat(sink.next()).isEqualTo("room/1:2 20.0 61.0 last");
            assertThat(sink.puts()).isZero();
        }
    }

    @Test
    void aMessageMayBeANumber() throws Exception {
        try (Mosquitto mosquitto = new Mosquitto();
                Publisher publisher = new Publisher(mosquitto.uri());
                AutoCloseable open = open(mosquitto.uri(), "columns", "t")) {
            assertThat(open).isNotNull();
            mosquitto.awaitSubscriptions(1);
            publisher.say("room/1", "20.5");
            assertThat(sink.next()).isEqualTo("room/1:1 20.5 last");
        }
    }

    @Test
    void columnsByNumberTakeWhatTheyNeedOfARow() throws Exception {
        try (Mosquitto mosquitto = new Mosquitto();
                Publisher publisher = new Publisher(mosquitto.uri());
                AutoCloseable open = open(mosquitto.uri(), "columns", "3,2", "streamColumn", "1")) {
            assertThat(open).isNotNull();
            mosquitto.awaitSubscriptions(1);
            publisher.say("room/1", "left,1,2,3");
            publisher.say("room/1", "right,1");
            assertThat(sink.next()).isEqualTo("room/1#left:1 2.0 1.0 last");
            assertThat(sink.next()).endsWith("failed");
            assertThat(sink.failure(0)).hasMessageContaining("at least 3 were expected");
        }
    }

    @Test
    void whatIsNoReadingIsReportedAndTheNextGoesOn() throws Exception {
        try (Mosquitto mosquitto = new Mosquitto();
                Publisher publisher = new Publisher(mosquitto.uri());
                AutoCloseable open = open(mosquitto.uri())) {
            assertThat(open).isNotNull();
            mosquitto.awaitSubscriptions(1);
            publisher.say("room/1", "1");
            publisher.say("room/1", "1,2\n3,4");
            publisher.say("room/1", " ");
            publisher.say("room/1", "{\"t\": 1");
            publisher.say("room/1", new byte[] {-1}, false);
            publisher.say("room/1", "9".repeat(LineCutter.LONGEST_BYTES + 1));
            publisher.say("room/1", "unavailable,1");
            publisher.say("room/1", "5,6");
            String[] sentences = {
                "the row has 1 cell, and 2 were expected",
                "found several lines",
                "the message is empty",
                "no JSON object",
                "UTF-8",
                "a message of at most 65536 bytes",
                "in column 't', found 'unavailable'"
            };
            for (int i = 0; i < sentences.length; i++) {
                assertThat(sink.next()).isEqualTo("room/1:" + (i + 1) + " failed");
                assertThat(sink.failure(i)).hasMessageContaining(sentences[i]);
            }
            assertThat(sink.next()).isEqualTo("room/1:8 5.0 6.0 last");
        }
    }

    @Test
    void aRetainedMessageIsOldAndPassedOver() throws Exception {
        try (Mosquitto mosquitto = new Mosquitto();
                Publisher publisher = new Publisher(mosquitto.uri())) {
            publisher.retain("room/1", "1,2");
            try (AutoCloseable open = open(mosquitto.uri())) {
                assertThat(open).isNotNull();
                mosquitto.awaitSubscriptions(1);
                publisher.say("room/1", "3,4");
                assertThat(sink.next()).isEqualTo("room/1:1 3.0 4.0 last");
            }
        }
    }

    @Test
    void anAlarmStartsAnotherStreamWhereNobodyKnowsWhichReadingIsTheLast() throws Exception {
        try (Mosquitto mosquitto = new Mosquitto();
                Publisher publisher = new Publisher(mosquitto.uri());
                AutoCloseable open =
                        open(mosquitto.uri(), "utterance", "stream", "whenMissing", "alarm")) {
            assertThat(open).isNotNull();
            mosquitto.awaitSubscriptions(1);
            for (String payload : new String[] {"1,2", "3,4", "x,4", "y,4", "5,6"}) {
                publisher.say("room/1", payload);
            }
            assertThat(sink.next()).isEqualTo("room/1:1 1.0 2.0");
            assertThat(sink.next()).isEqualTo("room/1:2 3.0 4.0");
            assertThat(sink.next()).isEqualTo("room/1~2:3 failed");
            assertThat(sink.next()).isEqualTo("room/1~2:4 failed");
            assertThat(sink.next()).isEqualTo("room/1~2:5 5.0 6.0");
        }
    }

    @Test
    void aBrokerThatIsNotThereYetIsWaitedFor() throws Exception {
        try (Mosquitto mosquitto = new Mosquitto()) {
            mosquitto.kill();
            try (AutoCloseable open = open(mosquitto.uri())) {
                assertThat(open).isNotNull();
                assertThat(sink.next())
                        .isEqualTo(
                                SinkLog.AWAY
                                        + "sense:series: no MQTT broker answers at "
                                        + mosquitto.uri()
                                        + " (connection refused); start it or set broker=, it is"
                                        + " tried again");
                mosquitto.start();
                mosquitto.awaitSubscriptions(1);
                try (Publisher publisher = new Publisher(mosquitto.uri())) {
                    publisher.say("room/1", "1,2");
                    awaitReading("room/1:1 1.0 2.0 last");
                }
            }
        }
    }

    @Test
    void aConnectionThatIsLostIsMadeAgain() throws Exception {
        try (Mosquitto mosquitto = new Mosquitto();
                Publisher publisher = new Publisher(mosquitto.uri());
                Relay relay = new Relay(mosquitto.port());
                AutoCloseable open = open(relay.uri())) {
            assertThat(open).isNotNull();
            mosquitto.awaitSubscriptions(1);
            publisher.say("room/1", "1,2");
            assertThat(sink.next()).isEqualTo("room/1:1 1.0 2.0 last");
            relay.cut();
            assertThat(sink.next())
                    .startsWith(SinkLog.AWAY)
                    .contains(relay.uri() + " is not connected any more");
            relay.mend();
            mosquitto.awaitSubscriptions(2);
            publisher.say("room/1", "3,4");
            awaitReading("room/1:2 3.0 4.0 last");
        }
    }

    private void awaitReading(String expected) {
        String call = sink.next();
        while (call.startsWith(SinkLog.AWAY)) {
            call = sink.next();
        }
        assertThat(call).isEqualTo(expected);
    }

    @Test
    void aBrokerThatRefusesTheUserIsAwayWithTheReason() throws Exception {
        Path program = Mosquitto.find("mosquitto_passwd");
        assumeTrue(program != null, "mosquitto is not installed; apt-get install mosquitto");
        Path passwords = Files.createFile(folder.resolve("passwords"));
        Process process =
                new ProcessBuilder(program.toString(), "-b", passwords.toString(), "ann", "s3cret")
                        .start();
        assertThat(process.waitFor()).isZero();
        Files.writeString(folder.resolve("right"), "s3cret\n");
        Files.writeString(folder.resolve("wrong"), "guess\n");
        try (Mosquitto mosquitto =
                new Mosquitto("allow_anonymous false", "password_file " + passwords)) {
            try (AutoCloseable open =
                    open(mosquitto.uri(), "username", "ann", "passwordFile", "wrong")) {
                assertThat(open).isNotNull();
                assertThat(sink.next())
                        .startsWith(SinkLog.AWAY)
                        .contains("refuses 'ann'; correct username and passwordFile")
                        .doesNotContain("guess");
            }
            MqttConnectionOptions ann = new MqttConnectionOptions();
            ann.setUserName("ann");
            ann.setPassword("s3cret".getBytes(StandardCharsets.UTF_8));
            try (AutoCloseable open =
                            open(mosquitto.uri(), "username", "ann", "passwordFile", "right");
                    Publisher publisher = new Publisher(mosquitto.uri(), ann)) {
                assertThat(open).isNotNull();
                mosquitto.awaitSubscriptions(1);
                publisher.say("room/1", "1,2");
                awaitReading("room/1:1 1.0 2.0 last");
            }
        }
    }

    @Test
    void optionsThatAreNoneToConnectWithAreRefused() throws Exception {
        refused(() -> open("localhost:1883"), "broker takes tcp://host:port", "localhost:1883");
        refused(() -> open("http://x:1"), "found 'http://x:1'");
        refused(() -> open("tcp://x y"), "found 'tcp://x y'");
        refused(() -> open("tcp://ann:s3cret@x:1"), "put them into username and passwordFile");
        refused(() -> open("tcp://x:1", "topic", "a/#/b"), "found 'a/#/b'");
        refused(() -> open("tcp://x:1", "header", "true"), "a message of a broker has none");
        refused(
                () -> open("tcp://x:1", "username", "ann", "passwordFile", "none"),
                "none cannot be read");
        Files.createFile(folder.resolve("empty"));
        refused(() -> open("tcp://x:1", "username", "ann", "passwordFile", "empty"), "is empty");
    }

    @Test
    void rowsWithoutNamesHaveNoTimeByName() throws Exception {
        try (Mosquitto mosquitto = new Mosquitto();
                Publisher publisher = new Publisher(mosquitto.uri());
                AutoCloseable open = open(mosquitto.uri(), "timeColumn", "at")) {
            assertThat(open).isNotNull();
            mosquitto.awaitSubscriptions(1);
            publisher.say("room/1", "1,2");
            publisher.say("room/1", "{\"at\": \"2015-02-02 14:19\", \"t\": 1, \"h\": 2}");
            publisher.say("room/1", "{\"at\": \"2015-02-02 14:18\", \"t\": 1, \"h\": 2}");
            assertThat(sink.next()).isEqualTo("room/1:1 failed");
            assertThat(sink.failure(0)).hasMessageContaining("timeColumn and streamColumn cannot");
            assertThat(sink.next()).isEqualTo("room/1:2 1.0 2.0 last");
            assertThat(sink.next()).isEqualTo("room/1:3 failed");
            assertThat(sink.failure(1)).hasMessageContaining("ran backwards by 60000 ms");
        }
    }
}
