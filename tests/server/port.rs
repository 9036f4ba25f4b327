//! A port that is this test's own: no other process gets it between the choice of its number and its use.

use std::net::{Ipv4Addr, SocketAddr};

use tokio::net::TcpSocket;

/// Bound without listening: who connects is refused. A server that allows the reuse of addresses, as PostgreSQL does,
/// may listen on it all the same, but the kernel gives it to nobody who asks for any free port.
pub(crate) struct Port {
    socket: TcpSocket,
}

impl Port {
    pub(crate) fn reserve() -> Port {
        let socket = TcpSocket::new_v4().unwrap();
        socket.set_reuseaddr(true).unwrap();
        socket
            .bind(SocketAddr::from((Ipv4Addr::LOCALHOST, 0)))
            .unwrap();
        Port { socket }
    }

    pub(crate) fn number(&self) -> u16 {
        self.socket.local_addr().unwrap().port()
    }
}
