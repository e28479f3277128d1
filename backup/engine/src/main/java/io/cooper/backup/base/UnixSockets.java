package io.cooper.backup.base;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketAddress;
import java.net.SocketException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import javax.net.SocketFactory;
import org.postgresql.ds.common.BaseDataSource;

/// Connections to PostgreSQL over its unix socket, with the sockets of the JDK. The driver makes
/// one of these by its name, and knows hosts only: to which file it connects stands in the
/// argument, and the host is ignored.
///
/// What such a socket cannot do, time out while it reads, it does not do.
public final class UnixSockets extends SocketFactory {
  private final Path file;

  /// @param file the socket itself, as the driver passes it on
  public UnixSockets(String file) {
    this.file = Path.of(file);
  }

  /// Lets a data source use the socket in a folder, where `psql -h FOLDER -p PORT` looks for it.
  public static void use(BaseDataSource source, Path folder, int port) {
    source.setServerNames(new String[] {"localhost"});
    source.setPortNumbers(new int[] {port});
    source.setSocketFactory(UnixSockets.class.getName());
    source.setSocketFactoryArg(folder.resolve(".s.PGSQL." + port).toString());
    source.setSslMode("disable");
    source.setGssEncMode("disable");
  }

  @Override
  public Socket createSocket() {
    return new UnixSocket(file);
  }

  @Override
  public Socket createSocket(String host, int port) throws IOException {
    return connected();
  }

  @Override
  public Socket createSocket(String host, int port, InetAddress localHost, int localPort)
      throws IOException {
    return connected();
  }

  @Override
  public Socket createSocket(InetAddress host, int port) throws IOException {
    return connected();
  }

  @Override
  public Socket createSocket(InetAddress host, int port, InetAddress localHost, int localPort)
      throws IOException {
    return connected();
  }

  private Socket connected() throws IOException {
    var socket = new UnixSocket(file);
    socket.connect(UnixDomainSocketAddress.of(file));
    return socket;
  }

  /// As much of a socket as the driver uses. Options of TCP are without meaning here and ignored.
  private static final class UnixSocket extends Socket {
    private final Path file;
    private final SocketChannel channel;

    UnixSocket(Path file) {
      this.file = file;
      try {
        this.channel = SocketChannel.open(StandardProtocolFamily.UNIX);
      } catch (IOException cause) {
        throw new java.io.UncheckedIOException(cause);
      }
    }

    @Override
    public void connect(SocketAddress ignored) throws IOException {
      connect(ignored, 0);
    }

    @Override
    public void connect(SocketAddress ignored, int timeout) throws IOException {
      try {
        channel.connect(UnixDomainSocketAddress.of(file));
      } catch (SocketException cause) {
        var told = new java.net.ConnectException(file + ": " + cause.getMessage());
        told.initCause(cause);
        throw told;
      }
    }

    @Override
    public boolean isConnected() {
      return channel.isConnected();
    }

    @Override
    public boolean isClosed() {
      return !channel.isOpen();
    }

    @Override
    public InputStream getInputStream() {
      return Channels.newInputStream(channel);
    }

    @Override
    public OutputStream getOutputStream() {
      return Channels.newOutputStream(channel);
    }

    @Override
    public void close() throws IOException {
      channel.close();
    }

    @Override
    public void setTcpNoDelay(boolean on) {}

    @Override
    public void setKeepAlive(boolean on) {}

    @Override
    public void setSoTimeout(int timeout) {}

    @Override
    public int getSoTimeout() {
      return 0;
    }

    @Override
    public void setReceiveBufferSize(int size) {}

    @Override
    public void setSendBufferSize(int size) {}

    @Override
    public int getSendBufferSize() {
      return 64 << 10;
    }

    @Override
    public int getReceiveBufferSize() {
      return 64 << 10;
    }
  }
}
