package dev.ganglion.sensor.wyoming;

import dev.ganglion.api.data.Options;
import dev.ganglion.api.data.Parameter;
import dev.ganglion.api.data.Tensor;
import dev.ganglion.api.data.TensorSpec;
import dev.ganglion.api.sense.Sensor;
import java.util.List;
import org.osgi.service.component.annotations.Component;

/**
 * Hears what comes by the Wyoming protocol, and answers on the same connection. Home Assistant
 * finds in it a service for speech-to-text ({@code kind=audio}) or for conversation ({@code
 * kind=text}).
 *
 * <p>A {@code Sample<Tensor>} is a block of sound at 16 kHz, full scale 1, valid until the sink's
 * method returns; {@code last} ends an utterance by a block that may be shorter, or empty. A {@code
 * Sample<CharSequence>} is one text, with {@code last}. The stream is the connection: {@code
 * wyoming-1} to as many as there may be at once, so that names do not become more and more.
 */
@Component(service = Sensor.class)
public final class WyomingSensor implements Sensor {
    /** A sensor. */
    public WyomingSensor() {}

    @Override
    public String name() {
        return "wyoming";
    }

    @Override
    public List<Parameter> options() {
        return List.of(
                Parameter.choice("kind", List.of("audio", "text"))
                        .withDefault("text")
                        .describedAs("what comes: sound to be heard, or text to be understood"),
                Parameter.choice("answer", List.of("handle", "intent"))
                        .withDefault("handle")
                        .describedAs(
                                "what a text is answered with: the reply, or the action for the"
                                        + " client to do"),
                Parameter.flag("stream")
                        .withDefault("false")
                        .describedAs("whether a reply is sent piece by piece as well"),
                Parameter.text("connect")
                        .describedAs(
                                "a satellite or microphone to go to, as tcp://host:port; without it"
                                        + " clients come here"),
                Parameter.text("host")
                        .withDefault("127.0.0.1")
                        .describedAs("the address on which clients are waited for"),
                Parameter.integer("port", "1", 1, 65_535)
                        .withDefault("10400")
                        .describedAs("the port on which clients are waited for"),
                Parameter.text("languages")
                        .withDefault("en")
                        .describedAs("what clients are told to be understood, joined by commas"),
                Parameter.integer("blockMillis", "ms", 1, 10_000)
                        .withDefault("20")
                        .describedAs("how much sound a sample holds"),
                Parameter.integer("maxConnections", "1", 1, 1_000)
                        .withDefault("16")
                        .describedAs(
                                "how many clients at once; one from another machine has at most "
                                        + ClientShares.CONNECTIONS),
                Parameter.integer("maxDataBytes", "By", 256, 1 << 24)
                        .withDefault("65536")
                        .describedAs("the longest JSON of an event"),
                Parameter.integer("maxPayloadBytes", "By", 256, 1 << 26)
                        .withDefault("262144")
                        .describedAs("the most sound in an event"),
                Parameter.integer("maxUtteranceMillis", "ms", 100, 3_600_000)
                        .withDefault("60000")
                        .describedAs("the longest utterance"),
                Parameter.integer("idleMillis", "ms", 10, 86_400_000)
                        .withDefault("60000")
                        .describedAs(
                                "how long an event is waited for, and then its end; from clients,"
                                        + " one that asks for something"));
    }

    @Override
    public TensorSpec output(Options options) {
        return "text".equals(options.text("kind"))
                ? TensorSpec.TEXT
                : TensorSpec.of("audio", Tensor.Type.FLOAT32, "1", TensorSpec.ANY)
                        .atRateHz(Pcm.RATE_HZ);
    }

    @Override
    public AutoCloseable open(Options options, Sink sink) {
        Settings settings = Settings.of(options);
        return settings.satellite() == null
                ? new Server(settings, sink, Thread::new).start()
                : new Caller(settings, settings.satellite(), sink).start();
    }
}
