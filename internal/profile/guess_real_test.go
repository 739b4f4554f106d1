package profile_test

import (
	"strings"
	"testing"

	"github.com/assertionworks/jwtdoctor/internal/profile"
)

// realAddresses are token URLs, issuers, JWKS URLs and audiences of the forms that
// tenants of a provider have, a profile a line.
const realAddresses = `
okta https://acme.okta.com/oauth2/v1/token
okta https://acme.okta.com/oauth2/default/v1/token
okta https://dev-12345678.okta.com/oauth2/aus1a2b3c4D5e6F7g8/v1/token
okta https://acme.oktapreview.com/oauth2/v1/token
okta https://acme.okta-emea.com/oauth2/default
okta https://acme.okta-gov.com/oauth2/v1/token
auth0 https://acme.us.auth0.com/oauth/token
auth0 https://acme.eu.auth0.com/
auth0 https://dev-abc123.auth0.com/oauth/token
entra https://login.microsoftonline.com/9188040d-6c67-4c5b-b112-36a304b66dad/oauth2/v2.0/token
entra https://login.microsoftonline.com/contoso.onmicrosoft.com/oauth2/token
entra https://login.microsoftonline.com/common/oauth2/v2.0/token
entra https://login.microsoftonline.us/9188040d-6c67-4c5b-b112-36a304b66dad/v2.0
entra https://login.partner.microsoftonline.cn/contoso.cn/oauth2/v2.0/token
entra https://sts.windows.net/9188040d-6c67-4c5b-b112-36a304b66dad/
entra api://AzureADTokenExchange
keycloak https://sso.acme.example/realms/internal/protocol/openid-connect/token
keycloak https://sso.acme.example/auth/realms/internal/protocol/openid-connect/token
keycloak https://sso.acme.example/realms/internal
keycloak https://sso.acme.example/realms/internal/protocol/openid-connect/certs
zitadel https://acme-x7f3.zitadel.cloud
zitadel https://acme-x7f3.eu1.zitadel.cloud/oauth/v2/token
google-service-account https://oauth2.googleapis.com/token
google-service-account https://www.googleapis.com/oauth2/v4/token
google-service-account https://accounts.google.com/o/oauth2/token
google-workload-identity https://sts.googleapis.com/v1/token
google-workload-identity //iam.googleapis.com/projects/123456789/locations/global/workloadIdentityPools/ci/providers/github
google-workload-identity https://iam.googleapis.com/projects/123456789/locations/global/workloadIdentityPools/ci/providers/github
aws-sts-web-identity sts.amazonaws.com
aws-sts-web-identity https://sts.amazonaws.com/
aws-sts-web-identity https://sts.eu-central-1.amazonaws.com
github-app https://api.github.com/app/installations/424242/access_tokens
docusign account-d.docusign.com
docusign https://account.docusign.com/oauth/token
docusign https://account-d.docusign.com/oauth/token
box https://api.box.com/oauth2/token
salesforce https://login.salesforce.com
salesforce https://test.salesforce.com/services/oauth2/token
salesforce https://acme--uat.sandbox.my.salesforce.com/services/oauth2/token
salesforce https://acme.my.salesforce.com
snowflake https://ab12345.eu-west-1.snowflakecomputing.com
apple-sign-in https://appleid.apple.com
apple-sign-in https://appleid.apple.com/auth/token
app-store-connect appstoreconnect-v1
app-store-connect https://api.appstoreconnect.apple.com/v1/apps
adobe-ims https://ims-na1.adobelogin.com/c/0123456789abcdef
redox https://api.redoxengine.com/v2/auth/token
redox https://api.ca.redoxengine.com/v2/auth/token
redox https://api.au.redoxengine.com/v2/auth/token
redox https://api.redoxengine.com/fhir/R4/acme/Development/.well-known/smart-configuration
epic https://fhir.epic.com/interconnect-fhir-oauth/oauth2/token
epic https://epicfhir.memorial.example/interconnect-prd-oauth/oauth2/token
epic https://haiku.memorial.example/Interconnect-OAUTH2-PRD/oauth2/token
epic https://ssproxy.memorial.example/FhirProxy/oauth2/token
oracle-health https://authorization.cerner.com/tenants/ec2458f2-1e24-41c8-b71b-0e701af7583d/protocols/oauth2/profiles/smart-v1/token
oracle-health https://authorization.cerner.com/tenants/ec2458f2-1e24-41c8-b71b-0e701af7583d/hosts/fhir-ehr-code.cerner.com/protocols/oauth2/profiles/smart-v1/token
athenahealth https://api.platform.athenahealth.com/oauth2/v1/token
athenahealth https://api.preview.platform.athenahealth.com/oauth2/v1/token
nhs-england https://api.service.nhs.uk/oauth2/token
nhs-england https://int.api.service.nhs.uk/oauth2/token
nhs-england https://sandbox.api.service.nhs.uk/oauth2/token
bcda https://api.bcda.cms.gov/auth/token
bcda https://sandbox.bcda.cms.gov/auth/token
dpc https://sandbox.dpc.cms.gov/api/v1/Token/auth
dpc https://dpc.cms.gov/api/v1/Token/auth
va-lighthouse https://sandbox-api.va.gov/oauth2/claims/system/v1/token
va-lighthouse https://deptva-eval.okta.com/oauth2/aus1a2b3c4D5e6F7g8/v1/token
medplum https://api.medplum.com/oauth2/token
singpass https://id.singpass.gov.sg/fapi/token
singpass https://stg-id.singpass.gov.sg/token
singpass https://stg-id.singpass.gov.sg/fapi/par
corppass https://id.corppass.gov.sg
corppass https://stg-id.corppass.gov.sg/token
login-gov https://secure.login.gov/api/openid_connect/token
login-gov https://idp.int.identitysandbox.gov/api/openid_connect/token
govuk-one-login https://oidc.account.gov.uk/token
govuk-one-login https://oidc.integration.account.gov.uk/
maskinporten https://maskinporten.no/
maskinporten https://test.maskinporten.no/token
id-porten https://idporten.no/token
id-porten https://test.idporten.no
helseid https://helseid-sts.nhn.no
helseid https://helseid-sts.test.nhn.no/connect/token
pdnd auth.interop.pagopa.it/client-assertion
pdnd auth.uat.interop.pagopa.it/client-assertion
pdnd https://auth.interop.pagopa.it/token.oauth2
pingone https://auth.pingone.com/11111111-2222-3333-4444-555555555555/as/token
pingone https://auth.pingone.eu/11111111-2222-3333-4444-555555555555/as
ibm-verify https://acme.verify.ibm.com/oauth2/token
ibm-verify https://acme.verify.ibm.com/oidc/endpoint/default
oracle-iam https://idcs-0123456789abcdef0123456789abcdef.identity.oraclecloud.com/oauth2/v1/token
oracle-iam https://identity.oraclecloud.com/
canvas-lms https://canvas.instructure.com/login/oauth2/token
canvas-lms https://acme.instructure.com/login/oauth2/token
yahoo-connectid https://id.b2b.yahooincapis.com/zts/v1/oauth2/token
health-gorilla https://api.healthgorilla.com/oauth/token
health-gorilla https://sandbox.healthgorilla.com/oauth/token
bulk-data-server https://bulk-data.smarthealthit.org/auth/token
ory-hydra https://acme-projects-x1.projects.oryapis.com/oauth2/token
authelia https://auth.acme.example/api/oidc/token
gravitee-am https://am.acme.example/internal/oauth/token
cloudfoundry-uaa https://uaa.sys.acme.example/oauth/token
wso2 https://is.acme.example:9443/oauth2/token
openam https://am.acme.example/am/oauth2/realms/root/access_token
mosip-esignet https://esignet.collab.mosip.net/v1/esignet/oauth/v2/token
ishare https://ar.isharetest.net/connect/token
`

// lookalikes must not be taken for a provider: proxies, private hosts, hosts that
// only begin or end like a provider's, and paths that many servers have.
const lookalikes = `
https://example.com/token
https://example.com/oauth2/v1/token
https://example.com/oauth/token
https://auth.example.org/connect/token
https://login.example.net/oauth2/v2.0/token
https://idp.internal/token
https://10.20.30.40/oauth2/token
https://192.168.1.10:8443/token
http://localhost:8080/token
http://localhost:3000/oauth2/token
https://[::1]/token
https://api.company.internal/v2/auth/token
https://proxy.acme.example/login.microsoftonline.com/tenant/oauth2/v2.0/token
https://proxy.acme.example/?target=https://acme.okta.com/oauth2/v1/token
https://acme.okta.com.evil.example/oauth2/v1/token
https://notokta.com/oauth2/v1/token
https://okta.com.example/oauth2/v1/token
https://myauth0.com/oauth/token
https://auth0.com.example/oauth/token
https://login.microsoftonline.com.example/common/oauth2/v2.0/token
https://loginmicrosoftonline.com/common/oauth2/v2.0/token
https://login-microsoftonline.com/common
https://oauth2.googleapis.com.example/token
https://oauth2-googleapis.com/token
https://api.github.com.example/app
https://apigithub.com/app
https://salesforce.com.example/services/oauth2/token
https://mysalesforce.com/token
https://account.docusign.com.example/oauth/token
https://id.singpass.gov.sg.example/fapi
https://singpass.example/fapi/token
https://redoxengine.com.example/v2/auth/token
https://fhir.epic.com.example/oauth2/token
https://hospital.example/oauth2/token
https://hospital.example/fhir/oauth2/token
https://epic.hospital.example/token
https://appleid.apple.com.example/auth/token
https://snowflakecomputing.com.example/
https://api.box.com.example/oauth2/token
https://maskinporten.no.example/token
https://mitt-maskinporten.example/token
https://nhs.example/oauth2/token
https://sts.amazonaws.com.example/
https://sts.example.com/
https://keycloak.example.com/token
https://keycloak.acme.example/oauth2/token
https://sso.acme.example/realm/internal/token
https://acme.example/authrealms/x/token
https://am.acme.example/access_token
https://pingone.example/as/token
https://acme.example/as/token
https://acme.example/as/token.oauth2
https://uaa.example/token
https://zitadel.example/oauth/v2/token
https://acme.example/oauth/v2/token
https://canvas.example/login/oauth2
https://iam.acme.example/projects/1/locations/global/workloadIdentityPools/x
urn:example:as
urn:ietf:params:oauth:client-assertion-type:jwt-bearer
my-api
api://my-api
https://api.acme.example/
https://graph.example.com/.default
https://www.rfc-editor.org/rfc/rfc7523
https://openid.net/specs/openid-connect-core-1_0.html
https://jwt.io/
https://tools.ietf.org/html/rfc7523
b81d5a60-3c27-4f9e-a1d4-95e70c6f2b38
token
https://
`

// TestGuessRealAddresses holds that an address of a form that is a provider's own is
// taken for that provider or, where its form is one of many, for nobody.
func TestGuessRealAddresses(t *testing.T) {
	tried, right := 0, 0
	for line := range strings.Lines(realAddresses) {
		id, a, ok := strings.Cut(strings.TrimSpace(line), " ")
		if !ok {
			continue
		}
		for name, clue := range map[string]profile.Clue{"aud": {Aud: []string{a}}, "token URL": {TokenURL: a}, "issuer": {Issuer: a}} {
			tried++
			switch g := library().Find(clue); g.ID {
			case id:
				right++
			case "":
				t.Logf("%s %s of %s is taken for nobody", name, a, id)
			default:
				t.Errorf("%s %s of %s is taken for %s, %s", name, a, id, g.ID, g.By)
			}
		}
	}
	t.Logf("%d of %d", right, tried)
	for line := range strings.Lines(lookalikes) {
		if a := strings.TrimSpace(line); a != "" {
			for _, clue := range []profile.Clue{{Aud: []string{a}}, {TokenURL: a}, {Issuer: a}} {
				if g := library().Find(clue); g.ID != "" {
					t.Errorf("%s is taken for %s: %s", a, g.ID, g.By)
				}
			}
		}
	}
}
