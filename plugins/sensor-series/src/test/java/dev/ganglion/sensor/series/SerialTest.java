package dev.ganglion.sensor.series;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ganglion.api.data.Options;
import java.util.Map;
import org.junit.jupiter.api.Test;

class SerialTest extends Fixture {
    private AutoCloseable open(Cable cable, String... given) {
        Map<String, String> all = map(given);
        all.putIfAbsent("columns", "a,b");
        all.put("serial", cable.port());
        all.put("baud", "9600");
        AutoCloseable open =
                sensor.open(Options.of("sense:series", sensor.options(), all, folder), sink);
        cable.awaitReader();
        return open;
    }

    @Test
    void linesAreRowsOrObjectsAfterTheOneThatWasUnderWay() throws Exception {
        try (Cable cable = new Cable();
                AutoCloseable open = open(cable)) {
            assertThat(open).isNotNull();
            cable.say("7,8\n1,2\r\n3,");
            cable.say("4\n\n{\"b\": 6, \"a\": 5}\n");
            assertThat(sink.next()).isEqualTo(cable.port() + ":2 1.0 2.0 last");
            assertThat(sink.next()).isEqualTo(cable.port() + ":3 3.0 4.0 last");
            assertThat(sink.next()).isEqualTo(cable.port() + ":5 5.0 6.0 last");
            assertThat(sink.puts()).isZero();
        }
    }

    @Test
    void aHeaderIsWaitedFor() throws Exception {
        try (Cable cable = new Cable();
                AutoCloseable open = open(cable, "header", "true")) {
            assertThat(open).isNotNull();
            cable.say("booting\nb,x,a [1]\n1,2,3\n");
            assertThat(sink.next()).isEqualTo(cable.port() + ":1 failed");
            assertThat(sink.failure(0)).hasMessageContaining("no column 'a'; it has: booting");
            assertThat(sink.next()).isEqualTo(cable.port() + ":3 3.0 1.0 last");
        }
    }

    @Test
    void aPortThatIsUnpluggedIsAwayAndGoesOnWhenItIsBack() throws Exception {
        try (Cable cable = new Cable();
                AutoCloseable open = open(cable)) {
            assertThat(open).isNotNull();
            cable.say("\n1,2\n3");
            assertThat(sink.next()).isEqualTo(cable.port() + ":2 1.0 2.0 last");
            cable.unplug();
            assertThat(sink.next())
                    .isEqualTo(
                            SinkLog.AWAY
                                    + "the serial port "
                                    + cable.port()
                                    + " is gone; plug it in again, it is looked for every second");
            cable.plugIn();
            cable.awaitReader();
            cable.say("9,9\n5,6\n");
            assertThat(sink.next()).isEqualTo(cable.port() + ":4 5.0 6.0 last");
        }
    }

    @Test
    void aBadLineIsReportedAndTheNextGoesOn() throws Exception {
        try (Cable cable = new Cable();
                AutoCloseable open = open(cable)) {
            assertThat(open).isNotNull();
            cable.say("\n1\nx,2\n3,4\n");
            assertThat(sink.next()).isEqualTo(cable.port() + ":2 failed");
            assertThat(sink.next()).isEqualTo(cable.port() + ":3 failed");
            assertThat(sink.next()).isEqualTo(cable.port() + ":4 3.0 4.0 last");
        }
    }

    @Test
    void aPortThatIsNoneIsRefused() {
        file("a\n");
        for (String port : new String[] {"/dev/ttyNone7", folder.resolve("a.csv").toString()}) {
            refused(
                    () ->
                            sensor.open(
                                    options("serial", port, "baud", "9600", "columns", "a"), sink),
                    "there is no serial port '" + port + "'");
        }
    }

    @Test
    void theImageKeepsTheLibraryInAFolderForThePlatform() throws Exception {
        assertThat(SerialLibrary.imageFolder(null)).isNull();
        assertThat(SerialLibrary.imageFolder(folder.toString())).isNull();
    }
}
