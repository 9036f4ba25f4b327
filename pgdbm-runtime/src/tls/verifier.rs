//! What the server must prove, by libpq's modes.

use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::client::{verify_server_cert_signed_by_trust_anchor, verify_server_name};
use rustls::crypto::{WebPkiSupportedAlgorithms, verify_tls12_signature, verify_tls13_signature};
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::server::ParsedCertificate;
use rustls::{CertificateError, DigitallySignedStruct, Error, RootCertStore, SignatureScheme};

/// Checks as much of the server's certificate as the mode wants.
///
/// The handshake's signature is checked always: it shows that the server has the key of its certificate, without which
/// SCRAM's channel binding to that certificate would bind to nothing.
#[derive(Debug)]
pub(super) struct Verifier {
    roots: Option<Roots>,
    name: bool,
    algorithms: WebPkiSupportedAlgorithms,
}

/// The certificates that a server's must lead to.
#[derive(Debug)]
pub(super) struct Roots {
    pub(super) store: RootCertStore,
    /// Those that the user named, not the system's.
    pub(super) given: Vec<CertificateDer<'static>>,
}

impl Verifier {
    /// Without roots nothing is checked but the handshake; `name` adds the check of the host.
    pub(super) fn new(
        roots: Option<Roots>,
        name: bool,
        algorithms: WebPkiSupportedAlgorithms,
    ) -> Self {
        Verifier {
            roots,
            name,
            algorithms,
        }
    }
}

impl Roots {
    /// Whether the server shows a certificate that the user named, and that is an authority's, signed by itself: what
    /// the PostgreSQL manual's first recipe for a server certificate makes. rustls wants authorities to be no servers.
    fn name_the_server_itself(&self, refusal: &Error, server: &CertificateDer<'_>) -> bool {
        // Its dates were checked before this refusal.
        let Error::InvalidCertificate(CertificateError::Other(other)) = refusal else {
            return false;
        };
        matches!(
            other.0.downcast_ref::<webpki::Error>(),
            Some(webpki::Error::CaUsedAsEndEntity)
        ) && self
            .given
            .iter()
            .any(|given| given.as_ref() == server.as_ref())
    }
}

impl ServerCertVerifier for Verifier {
    fn verify_server_cert(
        &self,
        server: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        host: &ServerName<'_>,
        _ocsp_response: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        if let Some(roots) = &self.roots {
            let parsed = ParsedCertificate::try_from(server)?;
            let chain = verify_server_cert_signed_by_trust_anchor(
                &parsed,
                &roots.store,
                intermediates,
                now,
                self.algorithms.all,
            );
            if let Err(refusal) = chain
                && !roots.name_the_server_itself(&refusal, server)
            {
                return Err(refusal);
            }
            if self.name {
                verify_server_name(&parsed, host)?;
            }
        }
        Ok(ServerCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        verify_tls12_signature(message, certificate, signature, &self.algorithms)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        verify_tls13_signature(message, certificate, signature, &self.algorithms)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.algorithms.supported_schemes()
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test says by panicking what is wrong")]
mod tests {
    use rcgen::{
        BasicConstraints, Certificate, CertificateParams, CertifiedIssuer, DnType, IsCa, KeyPair,
        date_time_ymd,
    };
    use rustls::client::danger::ServerCertVerifier as _;
    use rustls::crypto::ring;
    use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
    use rustls::{CertificateError, Error, RootCertStore};

    use super::{Roots, Verifier};

    type Authority = CertifiedIssuer<'static, KeyPair>;

    fn authority(name: &str) -> Authority {
        let mut params = CertificateParams::new([]).unwrap();
        params.distinguished_name.push(DnType::CommonName, name);
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        CertifiedIssuer::self_signed(params, KeyPair::generate().unwrap()).unwrap()
    }

    fn of_host() -> CertificateParams {
        CertificateParams::new(["db.example.com".to_owned()]).unwrap()
    }

    fn signed(params: &CertificateParams, authority: &Authority) -> Certificate {
        params
            .signed_by(&KeyPair::generate().unwrap(), authority)
            .unwrap()
    }

    fn verify(
        roots: Option<&[&CertificateDer<'static>]>,
        name: bool,
        server: &CertificateDer<'_>,
        host: &str,
    ) -> Result<(), Error> {
        let roots = roots.map(|given| {
            let given: Vec<_> = given.iter().map(|root| (*root).clone()).collect();
            let mut store = RootCertStore::empty();
            given
                .iter()
                .for_each(|root| store.add(root.clone()).unwrap());
            Roots { store, given }
        });
        let algorithms = ring::default_provider().signature_verification_algorithms;
        let verifier = Verifier::new(roots, name, algorithms);
        let host = ServerName::try_from(host.to_owned()).unwrap();
        verifier
            .verify_server_cert(server, &[], &host, &[], UnixTime::now())
            .map(drop)
    }

    #[test]
    fn each_mode_checks_what_it_says() {
        let (right, wrong) = (authority("right"), authority("wrong"));
        let server = signed(&of_host(), &right);
        let (right, wrong): (&[_], &[_]) = (&[right.der()], &[wrong.der()]);
        verify(None, false, server.der(), "other").unwrap();
        verify(Some(right), false, server.der(), "other").unwrap();
        verify(Some(right), true, server.der(), "db.example.com").unwrap();
        let refused =
            |roots, name, host| verify(Some(roots), name, server.der(), host).unwrap_err();
        let name = refused(right, true, "other");
        assert!(
            matches!(
                name,
                Error::InvalidCertificate(CertificateError::NotValidForNameContext { .. })
            ),
            "{name}"
        );
        for name in [false, true] {
            assert_eq!(
                refused(wrong, name, "db.example.com"),
                CertificateError::UnknownIssuer.into()
            );
            assert_eq!(
                refused(&[], name, "db.example.com"),
                CertificateError::UnknownIssuer.into()
            );
        }
    }

    #[test]
    fn a_certificate_out_of_date_is_refused() {
        let right = authority("right");
        let mut params = of_host();
        params.not_after = date_time_ymd(2001, 1, 1);
        params.not_before = date_time_ymd(2000, 1, 1);
        let error = verify(
            Some(&[right.der()]),
            false,
            signed(&params, &right).der(),
            "db.example.com",
        )
        .unwrap_err();
        assert!(
            matches!(
                error,
                Error::InvalidCertificate(CertificateError::ExpiredContext { .. })
            ),
            "{error}"
        );
    }

    #[test]
    fn an_authority_that_serves_itself_is_trusted_only_when_it_was_named() {
        let mut params = of_host();
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let itself =
            |params: &CertificateParams| params.self_signed(&KeyPair::generate().unwrap()).unwrap();
        let (server, twin) = (itself(&params), itself(&params));
        let roots: &[_] = &[server.der()];
        verify(Some(roots), true, server.der(), "db.example.com").unwrap();
        verify(Some(roots), true, server.der(), "other").unwrap_err();
        // The same names, another key.
        verify(Some(roots), false, twin.der(), "db.example.com").unwrap_err();
        verify(Some(&[]), false, server.der(), "db.example.com").unwrap_err();
        // Out of date, it is trusted no more.
        params.not_after = date_time_ymd(2001, 1, 1);
        params.not_before = date_time_ymd(2000, 1, 1);
        let old = itself(&params);
        verify(Some(&[old.der()]), false, old.der(), "db.example.com").unwrap_err();
    }

    #[test]
    fn a_certificate_that_an_ordinary_server_signed_is_not_trusted() {
        // Whoever has a certificate of the authority has not become an authority by it.
        let right = authority("right");
        let key = KeyPair::generate().unwrap();
        let params = of_host();
        let intermediate = params.signed_by(&key, &right).unwrap();
        let forged = of_host()
            .signed_by(
                &KeyPair::generate().unwrap(),
                &rcgen::Issuer::new(params, key),
            )
            .unwrap();
        let mut store = RootCertStore::empty();
        store.add(right.der().clone()).unwrap();
        let roots = Roots {
            store,
            given: vec![right.der().clone()],
        };
        let verifier = Verifier::new(
            Some(roots),
            false,
            ring::default_provider().signature_verification_algorithms,
        );
        let host = ServerName::try_from("db.example.com").unwrap();
        let chain = [intermediate.der().clone()];
        verifier
            .verify_server_cert(forged.der(), &chain, &host, &[], UnixTime::now())
            .unwrap_err();
    }
}
