package dev.ganglion.actuator.mqtt;

import dev.ganglion.api.act.ActionSpec;
import dev.ganglion.api.act.Actuator;
import dev.ganglion.api.data.GanglionException;
import dev.ganglion.api.data.Options;
import dev.ganglion.api.data.Parameter;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.osgi.service.component.annotations.Component;

/**
 * Opens the lights and plugs of a home on an MQTT broker. All devices that are open on the same
 * topics of the same broker share one connection and one state; both end when the last of them is
 * closed.
 */
@Component(service = Actuator.class)
public final class MqttActuator implements Actuator {
    /** Where two hubs would contradict each other. */
    private record Place(String broker, String topicPrefix) {}

    private final Map<Place, Hub> hubs = new ConcurrentHashMap<>();

    /** An actuator without connections. */
    public MqttActuator() {}

    @Override
    public String name() {
        return "mqtt";
    }

    @Override
    public List<Parameter> options() {
        return List.of(
                Parameter.text("broker")
                        .withDefault("tcp://127.0.0.1:1883")
                        .describedAs("the MQTT 5 broker, by tcp, ssl, ws or wss"),
                Parameter.text("clientId")
                        .describedAs("what the broker calls this client; made up if absent"),
                Parameter.text("username").describedAs("who logs in; nobody if absent"),
                Parameter.path("passwordFile")
                        .describedAs("a file that holds the password as its only line"),
                Parameter.text("discoveryPrefix")
                        .withDefault("homeassistant")
                        .describedAs("where Home Assistant looks for devices"),
                Parameter.text("topicPrefix")
                        .withDefault("ganglion")
                        .describedAs("what all other topics start with; one for each gateway"),
                Parameter.path("home")
                        .describedAs(
                                "a YAML or JSON file of rooms and devices; a home of seven rooms"
                                        + " if absent"),
                Parameter.integer("timeoutMillis", "ms", 500, 60_000)
                        .withDefault("5000")
                        .describedAs("how long one answer of the broker is waited for"));
    }

    @Override
    public List<ActionSpec> actions(Options options) {
        return MqttDevice.ACTIONS;
    }

    @Override
    public Device open(Options options) {
        Settings settings = Settings.of(options);
        Place place = new Place(settings.broker(), settings.topicPrefix());
        Hub hub =
                hubs.compute(
                        place,
                        (key, open) -> {
                            Hub shared = open == null ? connect(settings) : shared(open, settings);
                            shared.users++;
                            return shared;
                        });
        return new MqttDevice(hub, () -> release(place));
    }

    private static Hub connect(Settings settings) {
        Path file = settings.home();
        Hub hub =
                new Hub(
                        settings,
                        file == null
                                ? PlanFile.embedded(settings.owner())
                                : PlanFile.read(settings.owner(), file));
        try {
            hub.open();
            return hub;
        } catch (RuntimeException e) {
            hub.close();
            throw e;
        }
    }

    private static Hub shared(Hub open, Settings settings) {
        if (!open.settings().equals(settings.ownedBy(open.settings().owner()))) {
            throw new GanglionException(
                    GanglionException.Kind.SETUP,
                    settings.owner()
                            + ": another route uses topicPrefix="
                            + settings.topicPrefix()
                            + " at "
                            + settings.broker()
                            + " with other options, and the same were expected; give both the same"
                            + " options or another topicPrefix");
        }
        return open;
    }

    private void release(Place place) {
        hubs.computeIfPresent(
                place,
                (key, hub) -> {
                    hub.users--;
                    if (hub.users > 0) {
                        return hub;
                    }
                    hub.close();
                    return null;
                });
    }
}
