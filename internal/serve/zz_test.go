package serve
import ("testing";"os";"net/http/httptest";"strings";"strconv")
func TestZZ(t *testing.T){
 m,_:=os.ReadDir("testdata/fuzz/FuzzToken"); b,_:=os.ReadFile("testdata/fuzz/FuzzToken/"+m[0].Name())
 var v []string
 for _,l:=range strings.Split(strings.TrimSpace(string(b)),"\n")[1:] { x,_:=strconv.Unquote(strings.TrimSuffix(strings.TrimPrefix(l,"string("),")")); v=append(v,x)}
 c:=config(t); c.Out=os.Stdout; s:=server(t,c)
 r:=httptest.NewRequest("POST","/token",strings.NewReader(v[2])); r.Host=s.authority(); r.Header.Set("Content-Type",v[1]); ask(t,s,r)
 t.Log(string(text(r,"http://x/token",[]byte(v[2]))))
}
