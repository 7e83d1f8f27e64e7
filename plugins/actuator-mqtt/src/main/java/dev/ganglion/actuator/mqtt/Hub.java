package dev.ganglion.actuator.mqtt;

import dev.ganglion.api.data.GanglionException;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The lights and plugs of a plan on a broker: their states, what is published about them, and what
 * others command. Thread-safe; the lock is held while the broker is waited for, at most the timeout
 * of one message.
 */
final class Hub implements Broker.Listener, AutoCloseable {
    static final String ONLINE = "online";
    static final String OFFLINE = "offline";

    private static final Logger log = LoggerFactory.getLogger(Hub.class);

    private final Settings settings;
    private final Plan plan;
    private final String availabilityTopic;
    private final Map<Plan.Item, Entity> entities = new LinkedHashMap<>();
    private final Map<String, Entity> byCommandTopic = new HashMap<>();
    private final Map<Plan.Item, State> states = new HashMap<>();
    private final Broker broker;

    /** How many devices are open on it; guarded by the actuator that opens them. */
    int users;

    Hub(Settings settings, Plan plan) {
        this.settings = settings;
        this.plan = plan;
        availabilityTopic = settings.topicPrefix() + "/availability";
        Set<String> taken = new HashSet<>();
        for (Plan.Item item : plan.items()) {
            if (item.kind() == Plan.Kind.LIGHT || Plan.Kind.SWITCHED.contains(item.kind())) {
                String name = unused(item, taken);
                Entity entity =
                        new Entity(
                                item,
                                Entity.identifier(settings.topicPrefix() + "_" + name),
                                settings.topicPrefix() + "/" + name);
                entities.put(item, entity);
                byCommandTopic.put(entity.commandTopic(), entity);
                states.put(item, State.FIRST);
            }
        }
        broker =
                new Broker(
                        settings,
                        settings.topicPrefix() + "/+/set",
                        availabilityTopic,
                        Entity.bytes(OFFLINE),
                        this);
    }

    /** Names in other scripts have no letters that an identifier may have. */
    private static String unused(Plan.Item item, Set<String> taken) {
        String name = Entity.identifier(item.room() + "_" + item.name());
        String unused = name;
        for (int i = 2; !taken.add(unused); i++) {
            unused = name + "_" + i;
        }
        return unused;
    }

    Settings settings() {
        return settings;
    }

    Plan plan() {
        return plan;
    }

    /** Connects and publishes everything; a hub that could not must be closed. */
    void open() {
        broker.connect();
    }

    @Override
    public synchronized void connected() {
        for (Entity entity : entities.values()) {
            broker.publish(
                    entity.discoveryTopic(settings.discoveryPrefix()),
                    entity.discovery(settings.topicPrefix(), availabilityTopic));
            broker.publish(entity.stateTopic(), entity.message(state(entity)));
        }
        broker.publish(availabilityTopic, Entity.bytes(ONLINE));
    }

    private State state(Entity entity) {
        return states.getOrDefault(entity.item(), State.FIRST);
    }

    /**
     * Changes lights and plugs and publishes their new states. When a message does not get through,
     * all keep the states that they had, so that the same change can be tried again.
     *
     * @throws GanglionException of kind RETRY when the broker is not there
     */
    synchronized void change(List<Plan.Item> items, UnaryOperator<State> change) {
        if (!broker.isConnected()) {
            throw broker.notConnected();
        }
        Map<Plan.Item, State> changed = new HashMap<>();
        for (Plan.Item item : items) {
            Entity entity = entities.get(item);
            if (entity != null) {
                State next = change.apply(state(entity));
                if (!next.equals(state(entity))) {
                    broker.publish(entity.stateTopic(), entity.message(next));
                    changed.put(item, next);
                }
            }
        }
        states.putAll(changed);
    }

    /**
     * Switches everything off; what the broker does not hear now it hears on the next connection.
     */
    synchronized void switchOff() {
        try {
            change(List.copyOf(entities.keySet()), state -> state.switched(false));
        } catch (GanglionException e) {
            states.replaceAll((item, state) -> state.switched(false));
            log.warn("switched off, and not yet said so: {}", e.getMessage());
        }
    }

    @Override
    public synchronized void received(String topic, byte[] payload) {
        @Nullable Entity entity = byCommandTopic.get(topic);
        if (entity == null) {
            log.warn("{} belongs to nothing in the home, the message is dropped", topic);
            return;
        }
        try {
            State next = entity.commanded(payload, state(entity));
            states.put(entity.item(), next);
        } catch (GanglionException e) {
            log.warn("{}", e.getMessage());
        }
        try {
            // Also when nothing changed: whoever commanded is waiting to hear how it is.
            broker.publish(entity.stateTopic(), entity.message(state(entity)));
        } catch (GanglionException e) {
            log.warn("{}", e.getMessage());
        }
    }

    @Override
    public void close() {
        broker.close(Entity.bytes(OFFLINE));
    }
}
