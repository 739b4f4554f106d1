package input

import (
	"strings"
	"sync"
)

// curlOption describes an option of curl.
type curlOption struct {
	name string
	arg  bool // it has an argument
}

// curlOptions are the options of curl by name and by letter ("-d"), as of 8.16. Removed
// options are kept: old commands use them.
var curlOptions = sync.OnceValue(func() map[string]curlOption {
	const withArgument = `
A=user-agent C=continue-at D=dump-header E=cert F=form H=header K=config P=ftp-port Q=quote T=upload-file U=proxy-user
X=request Y=speed-limit b=cookie c=cookie-jar d=data e=referer h=help m=max-time o=output r=range t=telnet-option
u=user w=write-out x=proxy y=speed-time z=time-cond
abstract-unix-socket alt-svc aws-sigv4 cacert capath cert-type ciphers connect-timeout connect-to create-file-mode crlfile curves
data-ascii data-binary data-raw data-urlencode delegation dns-interface dns-ipv4-addr dns-ipv6-addr dns-servers doh-url ech egd-file engine
etag-compare etag-save expect100-timeout form-string ftp-account ftp-alternative-to-user ftp-method ftp-ssl-ccc-mode
happy-eyeballs-timeout-ms haproxy-clientip hostpubmd5 hostpubsha256 hsts interface ip-tos ipfs-gateway json keepalive-cnt keepalive-time
key key-type knownhosts krb libcurl limit-rate local-port login-options mail-auth mail-from mail-rcpt max-filesize max-redirs netrc-file noproxy
oauth2-bearer output-dir parallel-max parallel-max-host pass pinnedpubkey preproxy proto proto-default proto-redir proxy-cacert proxy-capath
proxy-cert proxy-cert-type proxy-ciphers proxy-crlfile proxy-header proxy-key proxy-key-type proxy-pass proxy-pinnedpubkey
proxy-service-name proxy-tls13-ciphers proxy-tlsauthtype proxy-tlspassword proxy-tlsuser proxy1.0 pubkey random-file rate request-target
resolve retry retry-delay retry-max-time sasl-authzid service-name sigalgs socks4 socks4a socks5 socks5-gssapi-service socks5-hostname
stderr tftp-blksize tls-max tls13-ciphers tlsauthtype tlspassword tlsuser trace trace-ascii trace-config unix-socket upload-flags url
url-query variable vlan-priority`
	const alone = `
0=http1.0 1=tlsv1 2=sslv2 3=sslv3 4=ipv4 6=ipv6 B=use-ascii G=get I=head J=remote-header-name L=location M=manual N=no-buffer
O=remote-name R=remote-time S=show-error V=version Z=parallel a=append f=fail g=globoff i=include j=junk-session-cookies k=insecure
l=list-only n=netrc p=proxytunnel q=disable s=silent v=verbose #=progress-bar :=next
anyauth basic buffer ca-native cert-status clobber compressed compressed-ssh create-dirs crlf digest disable-eprt disable-epsv
disallow-username-in-url doh-cert-status doh-insecure dump-ca-embed eprt epsv fail-early fail-with-body false-start follow form-escape ftp-create-dirs
ftp-pasv ftp-pret ftp-skip-pasv-ip ftp-ssl ftp-ssl-ccc ftp-ssl-control ftp-ssl-reqd haproxy-protocol http0.9 http1.1 http2
http2-prior-knowledge http3 http3-only ignore-content-length alpn keepalive location-trusted mail-rcpt-allowfails metalink mptcp negotiate
netrc-optional npn ntlm ntlm-wb out-null parallel-immediate path-as-is post301 post302 post303 progress-meter proxy-anyauth proxy-basic
proxy-ca-native proxy-digest proxy-http2 proxy-http3 proxy-insecure proxy-negotiate proxy-ntlm proxy-ssl-allow-beast
proxy-ssl-auto-client-cert proxy-tlsv1 raw remote-name-all remove-on-error retry-all-errors retry-connrefused sasl-ir sessionid
skip-existing socks5-basic socks5-gssapi socks5-gssapi-nec ssl ssl-allow-beast ssl-auto-client-cert ssl-no-revoke ssl-reqd ssl-revoke-best-effort
ssl-sessions styled-output suppress-connect-headers tcp-fastopen tcp-nodelay tftp-no-options tls-earlydata tlsv1.0 tlsv1.1 tlsv1.2 tlsv1.3
tr-encoding trace-ids trace-time xattr`
	out := map[string]curlOption{}
	for i, list := range [...]string{withArgument, alone} {
		for _, name := range strings.Fields(list) {
			if len(name) > 2 && name[1] == '=' {
				o := curlOption{name[2:], i == 0}
				out["-"+name[:1]], out[o.name] = o, o
				continue
			}
			out[name] = curlOption{name, i == 0}
		}
	}
	return out
})

// curlLong finds a long option. curl accepts any unambiguous prefix of a name, --no-
// before a switch, and --expand- before an option with an argument.
func curlLong(name string) (o curlOption, no, expand, ok bool) {
	all := curlOptions()
	if o, ok = all[name]; ok {
		return o, false, false, true
	}
	if rest, cut := strings.CutPrefix(name, "expand-"); cut {
		o, ok = all[rest]
		return o, false, true, ok && o.arg
	}
	if rest, cut := strings.CutPrefix(name, "no-"); cut {
		o, ok = all[rest]
		return o, true, false, ok && !o.arg
	}
	found := map[string]bool{}
	for key, candidate := range all {
		if len(name) > 1 && key[0] != '-' && strings.HasPrefix(key, name) {
			found[candidate.name], o = true, candidate
		}
	}
	return o, false, false, len(found) == 1
}

// flag reads one option without an argument.
func (r *curlReader) flag(name string, no bool) {
	d := &r.draft
	switch name {
	case "get":
		r.get = !no
	case "head":
		r.head = !no
	case "insecure":
		d.insecure = !no
	case "location", "location-trusted", "follow":
		d.follow = !no
	case "http1.0":
		d.version = "1.0"
	case "http1.1":
		d.version = "1.1"
	case "http2", "http2-prior-knowledge":
		d.version = "2"
	case "http3", "http3-only":
		d.version = "3"
	case "compressed":
		var m mapped
		m.put("deflate, gzip, br, zstd", -1)
		if v := d.headers.Value("Accept-Encoding"); v != m.String() {
			d.header("Accept-Encoding", m, true)
		}
	case "next":
		r.flush()
		r.reset()
	case "netrc", "netrc-optional":
		d.note(netrc)
	case "digest", "ntlm", "negotiate", "anyauth":
		d.note(madeDuring(name))
		r.basic = nil
	}
}

const netrc = "user and password may come from a .netrc file, which was not read"

func madeDuring(option string) string {
	return "--" + option + ": the Authorization header is made during the exchange and is not known"
}
