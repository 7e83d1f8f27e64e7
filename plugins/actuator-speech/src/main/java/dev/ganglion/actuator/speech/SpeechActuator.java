package dev.ganglion.actuator.speech;

import dev.ganglion.api.act.ActionSpec;
import dev.ganglion.api.act.Actuator;
import dev.ganglion.api.data.Options;
import dev.ganglion.api.data.Parameter;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.osgi.service.component.annotations.Component;

/**
 * Says a text. With {@code to=FOLDER} the WAV file is there when the action returns; what goes to
 * the sound device is spoken by a thread of the device's own.
 */
@Component(service = Actuator.class)
public final class SpeechActuator implements Actuator {
    static final String SAY = "say";

    private static final List<ActionSpec> ACTIONS =
            List.of(
                    ActionSpec.of(
                            SAY,
                            Parameter.text("text").required().describedAs("what is to be said")));

    private final @Nullable String searchPath;

    /** An actuator that finds espeak-ng on the PATH. */
    public SpeechActuator() {
        this(System.getenv("PATH"));
    }

    SpeechActuator(@Nullable String searchPath) {
        this.searchPath = searchPath;
    }

    @Override
    public String name() {
        return "speech";
    }

    @Override
    public List<Parameter> options() {
        return List.of(
                Parameter.text("voice")
                        .describedAs(
                                "a voice of espeak-ng, such as en or de+f2, or of the server; en, or"
                                        + " the server's choice, without it"),
                Parameter.integer("wordsPerMinute", "1/min", 80, 450)
                        .withDefault("175")
                        .describedAs("how fast espeak-ng speaks"),
                Parameter.path("to")
                        .withDefault(Settings.DEVICE)
                        .describedAs("device, none, or a folder for WAV files"),
                Parameter.text("server")
                        .describedAs(
                                "a Wyoming server for speech, as tcp://host:port; espeak-ng without"
                                        + " it"),
                Parameter.choice("busy", List.of("queue", "interrupt", "refuse"))
                        .withDefault("queue")
                        .describedAs(
                                "what becomes of a text while another one is spoken on the device"),
                Parameter.choice("missing", List.of("fail", "skip"))
                        .withDefault("fail")
                        .describedAs("what becomes of texts where espeak-ng is not installed"),
                Parameter.integer("maxCharacters", "1", 1, 10_000)
                        .withDefault("500")
                        .describedAs("the longest text"),
                Parameter.integer("timeoutMillis", "ms", 10, 600_000)
                        .withDefault("60000")
                        .describedAs("how long saying one text may take"));
    }

    @Override
    public List<ActionSpec> actions(Options options) {
        return ACTIONS;
    }

    @Override
    public Device open(Options options) {
        Settings settings = Settings.of(options);
        if (settings.silent()) {
            return new SpeechDevice(settings, null, null);
        }
        WavFolder folder =
                settings.folder() == null ? null : WavFolder.open(settings, settings.folder());
        Voice voice =
                settings.server() == null
                        ? EspeakNg.find(settings, searchPath)
                        : RemoteVoice.reach(settings, settings.server());
        return new SpeechDevice(settings, voice, folder);
    }
}
