package explain
import ("testing";"fmt";"os")
func TestZ(t *testing.T){ p,err:=Topic(os.Getenv("TOPIC")); fmt.Println(err); if os.Getenv("MD")!="" {fmt.Println(p.Markdown);return}; w:=80; fmt.Sscan(os.Getenv("W"),&w); fmt.Println(Text(p.Markdown,w,false))}
