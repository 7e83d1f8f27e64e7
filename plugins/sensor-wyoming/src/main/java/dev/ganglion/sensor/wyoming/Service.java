package dev.ganglion.sensor.wyoming;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** What a client is told when it asks what there is. */
final class Service {
    private static final String NAME = "Ganglion";
    private static final Map<String, Object> ATTRIBUTION = Map.of("name", NAME, "url", "");

    private Service() {}

    /** {@return the data of the event {@code info}} */
    static Map<String, Object> info(Settings settings) {
        Map<String, Object> model =
                artifact(settings.owner(), "What the route behind it understands");
        model.put("languages", settings.languages());
        Map<String, Object> program = artifact(NAME, "A route of this device");
        program.put("models", List.of(model));
        String offered = settings.sound() ? "asr" : settings.intent() ? "intent" : "handle";
        if (offered.equals("asr")) {
            program.put("supports_transcript_streaming", false);
        } else if (offered.equals("handle")) {
            program.put("supports_handled_streaming", settings.streaming());
            program.put("supports_home_control", true);
        }
        Map<String, Object> info = new LinkedHashMap<>();
        for (String service : List.of("asr", "tts", "handle", "intent", "wake", "mic", "snd")) {
            info.put(service, service.equals(offered) ? List.of(program) : List.of());
        }
        return info;
    }

    private static Map<String, Object> artifact(String name, String description) {
        Map<String, Object> artifact = new LinkedHashMap<>();
        artifact.put("name", name);
        artifact.put("attribution", ATTRIBUTION);
        artifact.put("installed", true);
        artifact.put("description", description);
        // Old clients expect a version with everything.
        artifact.put("version", "1");
        return artifact;
    }

    /** {@return what a client may send, for a sentence that refuses something else} */
    static String offer(Settings settings) {
        return settings.sound()
                ? "describe, ping, transcribe, audio-start, audio-chunk, audio-stop"
                : "describe, ping, transcript" + (settings.intent() ? ", recognize" : "");
    }
}
