package dev.ganglion.sensor.series;

import com.fazecast.jSerialComm.SerialPort;
import com.fazecast.jSerialComm.SerialPortInvalidPortException;
import dev.ganglion.api.data.Options;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Reads rows from a serial port, which may be unplugged and plugged in again. */
final class SerialReading extends Reading {
    private static final int CHUNK_BYTES = 4096;

    /** How often it is looked whether there are bytes; so long a reading waits at most. */
    private static final int LOOK_MILLIS = 10;

    private static final long PAUSE_MILLIS = 1000;
    private static final int DATA_BITS = 8;

    private final CountDownLatch closing;
    private final String device;
    private final int baud;
    private final boolean header;
    private @Nullable String complaint;

    private SerialReading(
            String device,
            int baud,
            Rows rows,
            Readings readings,
            CountDownLatch closing,
            boolean header) {
        super(device, rows, readings, closing);
        this.device = device;
        this.baud = baud;
        this.closing = closing;
        this.header = header;
    }

    /**
     * Starts to read.
     *
     * @throws dev.ganglion.api.data.GanglionException of kind SETUP when there is no such port now
     */
    static Reading open(
            Options options, Rows rows, Readings readings, CountDownLatch closing, boolean header) {
        String device = options.text("serial").strip();
        if (!isThere(device)) {
            throw Layout.setup(
                    options.owner(),
                    "there is no serial port '" + device + "'; " + whatIsThere() + ", set serial");
        }
        if (!Files.isReadable(Path.of(device))) {
            throw Layout.setup(
                    options.owner(),
                    "the serial port '"
                            + device
                            + "' is there and cannot be read; give the user '"
                            + System.getProperty("user.name")
                            + "' the right to, on Debian by the group dialout");
        }
        SerialLibrary.load(options.owner());
        return new SerialReading(
                        device, (int) options.integer("baud"), rows, readings, closing, header)
                .start();
    }

    private static boolean isThere(String device) {
        Path path = Path.of(device);
        return Files.exists(path) && !Files.isRegularFile(path) && !Files.isDirectory(path);
    }

    private static String whatIsThere() {
        try (Stream<Path> devices = Files.list(Path.of("/dev"))) {
            List<String> ports =
                    devices.map(Path::toString)
                            .filter(name -> name.matches("/dev/(tty(USB|ACM|AMA)|rfcomm|cu\\.).*"))
                            .sorted()
                            .toList();
            return ports.isEmpty() ? "none is plugged in" : "there are " + String.join(", ", ports);
        } catch (IOException notListed) {
            return "the ports cannot be listed";
        }
    }

    @Override
    void read() throws InterruptedException {
        byte[] chunk = new byte[CHUNK_BYTES];
        cutter.begin();
        while (!isClosed()) {
            SerialPort port = connect();
            if (port != null) {
                try {
                    complaint = null;
                    rows.begin(device);
                    if (header) {
                        cutter.dropLine();
                    } else {
                        // The device may be in the middle of it.
                        cutter.skipLine();
                    }
                    drain(port, chunk);
                } finally {
                    port.closePort();
                }
            }
            if (!isClosed()) {
                away();
                closing.await(PAUSE_MILLIS, TimeUnit.MILLISECONDS);
            }
        }
    }

    private @Nullable SerialPort connect() {
        if (!isThere(device)) {
            return null;
        }
        try {
            SerialPort port = SerialPort.getCommPort(device);
            port.setComPortParameters(
                    baud, DATA_BITS, SerialPort.ONE_STOP_BIT, SerialPort.NO_PARITY);
            port.setComPortTimeouts(SerialPort.TIMEOUT_NONBLOCKING, 0, 0);
            return port.openPort() ? port : null;
        } catch (SerialPortInvalidPortException goneMeanwhile) {
            return null;
        }
    }

    /** Reads until the port is gone; never in a read that waits, for some drivers never end it. */
    private void drain(SerialPort port, byte[] chunk) throws InterruptedException {
        boolean some = false;
        while (!isClosed()) {
            int count = port.bytesAvailable();
            if (count > 0) {
                count = port.readBytes(chunk, Math.min(count, chunk.length));
            }
            if (count < 0 || (count == 0 && !isThere(device))) {
                return;
            }
            cutter.take(chunk, count);
            if (count == 0) {
                if (some && !isClosed()) {
                    sink.caughtUp();
                }
                closing.await(LOOK_MILLIS, TimeUnit.MILLISECONDS);
            }
            some = count > 0;
        }
    }

    private void away() {
        String what =
                "the serial port "
                        + device
                        + (isThere(device)
                                ? " cannot be opened; see that nobody else uses it and that it can"
                                        + " do "
                                        + baud
                                        + " baud, it is tried again every second"
                                : " is gone; plug it in again, it is looked for every second");
        if (!what.equals(complaint)) {
            complaint = what;
            sink.away(what);
        }
    }

    @Override
    void wake() {
        // Whatever waits, waits for the latch.
    }

    @Override
    void release() {
        // The port is closed by whoever opened it.
    }
}
