package gossip

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/hkdf"
	"crypto/hmac"
	"crypto/pbkdf2"
	"crypto/sha256"
	"encoding/binary"
	"errors"
)

// secretRounds makes each guess at a weak cluster-secret cost something to whoever got hold of a confirmation (which takes
// posing as a node that we dial). It is paid once per start, some 10 ms.
const secretRounds = 1 << 16

// stretchSecret turns cluster-secret into the key that both sides of a link must hold; nil without a secret.
func stretchSecret(secret string) ([]byte, error) {
	if secret == "" {
		return nil, nil
	}
	return pbkdf2.Key(sha256.New, secret, []byte("clusternode bus"), secretRounds, sha256.Size)
}

// linkKeys are derived for one link: the secret proves who may talk, the X25519 exchange makes each link's keys its own and
// worthless once it is closed, and the transcript binds both to what was said in the hellos (ids, boots, kind).
type linkKeys struct {
	clientConfirm              []byte
	serverConfirm              func(helloStatus) []byte // with the verdict that it stands for
	clientFrames, serverFrames cipher.AEAD
}

func deriveKeys(secret, shared, transcript []byte) (*linkKeys, error) {
	ikm := append(append(make([]byte, 0, len(secret)+len(shared)), secret...), shared...)
	prk, err := hkdf.Extract(sha256.New, ikm, transcript)
	if err != nil {
		return nil, err
	}
	expand := func(label string) []byte {
		if err != nil {
			return nil
		}
		var key []byte
		key, err = hkdf.Expand(sha256.New, prk, label, sha256.Size)
		return key
	}
	frames := func(label string) cipher.AEAD {
		key := expand(label)
		if err != nil {
			return nil
		}
		var block cipher.Block
		if block, err = aes.NewCipher(key); err != nil {
			return nil
		}
		var aead cipher.AEAD
		aead, err = cipher.NewGCM(block)
		return aead
	}
	clientKey, serverKey := expand("client confirms"), expand("server confirms")
	k := &linkKeys{
		clientConfirm: confirmation(clientKey, transcript),
		serverConfirm: func(s helloStatus) []byte { return confirmation(serverKey, transcript, []byte{byte(s)}) },
		clientFrames:  frames("client frames"),
		serverFrames:  frames("server frames"),
	}
	return k, err
}

func confirmation(key []byte, said ...[]byte) []byte {
	mac := hmac.New(sha256.New, key)
	for _, b := range said {
		mac.Write(b)
	}
	return mac.Sum(nil)
}

var errForged = errors.New("gossip: frame fails authentication")

// sealer encrypts or decrypts the frames of one direction of one link, in order: the nonce is their running number, so a
// frame that is replayed, left out or moved fails. A nil sealer passes frames as they are (no cluster-secret).
// It belongs to the one goroutine that writes, or reads, that direction.
type sealer struct {
	aead  cipher.AEAD
	count uint64
}

func (s *sealer) overhead() int {
	if s == nil {
		return 0
	}
	return s.aead.Overhead()
}

func (s *sealer) nonce() [12]byte {
	var n [12]byte
	binary.BigEndian.PutUint64(n[4:], s.count)
	s.count++
	return n
}

// seal appends the frame (header and body) to dst.
func (s *sealer) seal(dst []byte, typ byte, body []byte) []byte {
	dst = appendFrameHeader(dst, typ, len(body)+s.overhead())
	if s == nil {
		return append(dst, body...)
	}
	nonce := s.nonce()
	return s.aead.Seal(dst, nonce[:], body, dst[len(dst)-frameHeader:])
}

// open decrypts body in place.
func (s *sealer) open(header, body []byte) ([]byte, error) {
	if s == nil {
		return body, nil
	}
	nonce := s.nonce()
	plain, err := s.aead.Open(body[:0], nonce[:], body, header)
	if err != nil {
		return nil, errForged
	}
	return plain, nil
}
