/**
 * Lights and plugs on an MQTT broker, in the way in which Home Assistant finds devices by itself.
 *
 * <p>{@link dev.ganglion.actuator.mqtt.MqttActuator} opens devices. A {@code Plan}, read by {@code
 * PlanFile}, is what the file of rooms says. A {@code Hub} holds an {@code Entity} for each light
 * and plug: its topics, what is published about it, and its {@code State}, which actions and
 * messages change alike. A {@code Broker} is the connection, made again whenever it is lost, and
 * {@code Complaints} are its sentences when it fails. An {@code MqttDevice} is one route's access
 * to a hub.
 */
@NullMarked
package dev.ganglion.actuator.mqtt;

import org.jspecify.annotations.NullMarked;
