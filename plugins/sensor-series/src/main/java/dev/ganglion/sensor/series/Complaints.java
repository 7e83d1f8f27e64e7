package dev.ganglion.sensor.series;

import dev.ganglion.api.data.GanglionException;
import java.net.ConnectException;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import org.eclipse.paho.mqttv5.client.IMqttToken;
import org.eclipse.paho.mqttv5.client.MqttClientException;
import org.eclipse.paho.mqttv5.common.MqttException;
import org.eclipse.paho.mqttv5.common.packet.MqttReturnCode;

/** Says in a sentence what the client library says in codes. */
final class Complaints {
    /** From here on, the reason codes of MQTT 5 are refusals. */
    private static final int FIRST_REFUSAL = 128;

    private final BrokerSettings settings;

    Complaints(BrokerSettings settings) {
        this.settings = settings;
    }

    /** {@return what to throw when the options are nothing that a client can be made from} */
    GanglionException unusable(Exception cause) {
        return new GanglionException(
                GanglionException.Kind.SETUP,
                settings.owner()
                        + ": broker="
                        + settings.broker()
                        + " or clientId cannot be used ("
                        + cause.getMessage()
                        + "); correct them",
                cause);
    }

    /** {@return what is wrong when there is no connection to be had, as a sentence} */
    String refused(MqttException cause) {
        int code = cause.getReasonCode();
        if (code == MqttReturnCode.RETURN_CODE_BAD_USERNAME_OR_PASSWORD
                || code == MqttReturnCode.RETURN_CODE_NOT_AUTHORIZED) {
            return theBroker() + " refuses " + user() + "; correct username and passwordFile";
        }
        return settings.owner()
                + ": no MQTT broker answers at "
                + settings.broker()
                + " ("
                + reason(cause)
                + "); start it or set broker=, it is tried again";
    }

    /**
     * A broker acknowledges also what it does not allow.
     *
     * @throws GanglionException of kind SETUP then
     */
    void checkAllowed(IMqttToken acknowledged) {
        int[] codes = acknowledged.getReasonCodes();
        if (codes != null && codes.length > 0 && codes[0] >= FIRST_REFUSAL) {
            throw new GanglionException(
                    GanglionException.Kind.SETUP,
                    theBroker()
                            + " does not let "
                            + user()
                            + " subscribe to "
                            + settings.topic()
                            + " (code "
                            + codes[0]
                            + "); allow it there or set another topic");
        }
    }

    /** {@return what is wrong when a connection that was there is lost, as a sentence} */
    String lost() {
        return theBroker() + " is not connected any more; start it, it is tried again";
    }

    private String theBroker() {
        return settings.owner() + ": the MQTT broker at " + settings.broker();
    }

    private String user() {
        String username = settings.username();
        return username == null ? "users without a name" : "'" + username + "'";
    }

    private String reason(MqttException e) {
        for (Throwable cause = e; cause != null; cause = cause.getCause()) {
            if (cause instanceof ConnectException) {
                return "connection refused";
            }
            if (cause instanceof UnknownHostException) {
                return "unknown host";
            }
            if (cause instanceof SocketTimeoutException) {
                return noAnswer();
            }
        }
        return e.getReasonCode() == MqttClientException.REASON_CODE_CLIENT_TIMEOUT
                ? noAnswer()
                : e.getMessage() + ", code " + e.getReasonCode();
    }

    private String noAnswer() {
        return "no answer in time, with timeoutMillis=" + settings.timeoutMillis();
    }
}
