package dev.ganglion.sensor.series;

import dev.ganglion.api.data.GanglionException;
import dev.ganglion.api.data.Options;
import dev.ganglion.api.data.Parameter;
import dev.ganglion.api.data.Tensor;
import dev.ganglion.api.data.TensorSpec;
import dev.ganglion.api.sense.Sensor;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.osgi.service.component.annotations.Component;

/**
 * Gives readings of sensors: each row of a CSV file, each message of an MQTT broker or each line of
 * a serial port is one sample {@code FLOAT32[1, columns]} that is valid until {@code put} returns.
 *
 * <p>The stream is the file (absolute, unless it lies below the folder in which the program was
 * started and was given relative), {@code stdin}, the topic or the port; with {@code streamColumn},
 * {@code #} and the cell of that column follow. The sequence is the number of the line, or of the
 * message of a topic, from 1.
 */
@Component(service = Sensor.class)
public final class SeriesSensor implements Sensor {
    private static final double MILLIS_PER_SECOND = 1000;
    private static final double LONGEST_MILLIS = 1e12;

    private final StandardInput standardInput;
    private final Ticker ticker;

    /** A sensor whose standard input is that of the process. */
    public SeriesSensor() {
        this(System.in, Ticker.SYSTEM);
    }

    /**
     * A sensor with another standard input and another clock.
     *
     * @param standardInput read by a daemon thread from the first opening of {@code -} on, until it
     *     ends; never closed
     */
    SeriesSensor(InputStream standardInput, Ticker ticker) {
        this.standardInput = new StandardInput(standardInput);
        this.ticker = ticker;
    }

    @Override
    public String name() {
        return "series";
    }

    @Override
    public List<Parameter> options() {
        return List.of(
                Parameter.path("path")
                        .describedAs("a CSV file, a folder of them, or - for standard input"),
                Parameter.text("include")
                        .withDefault("*.csv")
                        .describedAs("which files of a folder, as a glob over their names"),
                Parameter.text("broker")
                        .describedAs("an MQTT 5 broker, by tcp, ssl, ws or wss; needs topic"),
                Parameter.text("topic")
                        .describedAs("what is subscribed to; + and # may stand in it"),
                Parameter.text("clientId")
                        .describedAs("what the broker calls this client; made up if absent"),
                Parameter.text("username").describedAs("who logs in; nobody if absent"),
                Parameter.path("passwordFile")
                        .describedAs("a file that holds the password as its only line"),
                Parameter.text("serial")
                        .describedAs("a serial port, such as /dev/ttyUSB0; needs baud"),
                Parameter.integer("baud", "Bd", 50, 4_000_000)
                        .describedAs("how fast the serial port is"),
                Parameter.text("columns")
                        .required()
                        .describedAs(
                                "names or, without a header, numbers from 1, joined by commas in"
                                        + " the order of the model; words for numbers as in"
                                        + " Type{L:0 M:1}"),
                Parameter.text("units")
                        .withDefault("1")
                        .describedAs(
                                "the units in UCUM, one for all columns or one for each, joined by"
                                        + " commas"),
                Parameter.flag("header")
                        .describedAs(
                                "whether the first line names the columns; true for files if"
                                        + " absent, false for a serial port"),
                Parameter.choice("delimiter", List.of("comma", "semicolon", "tab", "space"))
                        .withDefault("comma")
                        .describedAs("what stands between cells; space is any run of blanks"),
                Parameter.text("streamColumn")
                        .describedAs("the column whose values are streams of their own"),
                Parameter.choice("utterance", List.of("reading", "stream"))
                        .withDefault("reading")
                        .describedAs("what belongs together: each reading is one, or a stream is"),
                Parameter.text("timeColumn").describedAs("the column that says when it was"),
                Parameter.text("timeFormat")
                        .describedAs(
                                "iso (if absent), epochSeconds, epochMillis, or a pattern such as"
                                        + " dd.MM.yyyy HH:mm:ss"),
                Parameter.number("intervalMillis", "ms", 0.001, LONGEST_MILLIS)
                        .describedAs("the nominal time from reading to reading"),
                Parameter.choice("whenMissing", List.of("hold", "drop", "alarm"))
                        .withDefault("drop")
                        .describedAs("what is done when a number is missing"),
                Parameter.number("gapMillis", "ms", 0.001, LONGEST_MILLIS)
                        .describedAs("the longest time between two readings that is no gap"),
                Parameter.choice("whenGap", List.of("hold", "drop", "alarm"))
                        .describedAs("what is done after a gap; alarm if absent"),
                Parameter.choice("pace", List.of("asap", "realtime"))
                        .withDefault("asap")
                        .describedAs("how fast files are given"),
                Parameter.integer("timeoutMillis", "ms", 500, 60_000)
                        .withDefault("5000")
                        .describedAs("how long one answer of the broker is waited for"));
    }

    @Override
    public TensorSpec output(Options options) {
        Columns columns = Columns.of(options);
        TensorSpec spec =
                TensorSpec.of("series", Tensor.Type.FLOAT32, columns.unit(), 1, columns.size());
        return options.has("intervalMillis")
                ? spec.atRateHz(MILLIS_PER_SECOND / options.number("intervalMillis"))
                : spec;
    }

    @Override
    public AutoCloseable open(Options options, Sink sink) {
        Source source = Source.of(options);
        Columns columns = Columns.of(options);
        Rules rules = Rules.of(options, source.live());
        CountDownLatch closing = new CountDownLatch(1);
        Readings readings = new Readings(columns, rules, ticker, closing, sink);
        boolean header = options.has("header") ? options.flag("header") : !source.live();
        Rows rows = new Rows(columns, readings, options.text("delimiter"), header, source.live());
        return switch (source) {
            case FILES -> files(options, rows, readings, closing);
            case STANDARD_INPUT -> standardInput(options, rows, readings, closing);
            case BROKER -> Subscription.open(options, rows, readings, closing, header);
            case SERIAL -> SerialReading.open(options, rows, readings, closing, header);
        };
    }

    private static AutoCloseable files(
            Options options, Rows rows, Readings readings, CountDownLatch closing) {
        SeriesFiles place = SeriesFiles.of(options);
        List<Path> files = new ArrayList<>(place.files());
        for (Path file : files) {
            try {
                FileReading.check(file, place.streamName(file), rows);
            } catch (IOException e) {
                throw place.unreadable(file, e);
            }
        }
        return new FileReading(files, place::streamName, rows, readings, closing).start();
    }

    private AutoCloseable standardInput(
            Options options, Rows rows, Readings readings, CountDownLatch closing) {
        if (!standardInput.acquire()) {
            throw new GanglionException(
                    GanglionException.Kind.SETUP,
                    options.owner()
                            + ": standard input is already read by another route, and its rows"
                            + " cannot go to both; stop that one or read a file");
        }
        return new StandardInputReading(standardInput, rows, readings, closing).start();
    }
}
