#!/bin/sh
# What the library costs on ATmega328P: a sketch with it less one without. The stack is that of code compiled without -flto,
# whose frames the compiler tells. Usage: size.sh "<compiler and options>" <build folder> <python>
set -e
compiler=$1
build=$2
python=$3
here=$(dirname "$0")
library=$(echo "$here"/../src/*.c)
# shellcheck disable=SC2086 # these are lists
build_sketch() { $compiler $3 $2 "$here/size-sketch.c" -o "$build/$1.elf"; }
build_sketch with "$library" ""
build_sketch without "" -DWITHOUT
bytes() { avr-size "$build/$1.elf" | awk 'NR == 2 { print $1 + $2, $2 + $3 }'; }
# shellcheck disable=SC2046
set -- $(bytes with) $(bytes without)
echo "flash $(($1 - $3))"
echo "ram $(($2 - $4))"
rm -f "$build"/*.su
for file in $library "$here/size-sketch.c"; do
    ${compiler%-flto*} ${compiler#*-flto} -fstack-usage -c "$file" -o "$build/$(basename "$file" .c).stack.o"
done
${compiler%-flto*} ${compiler#*-flto} "$build"/*.stack.o -o "$build/stack.elf"
"$python" "$here/stack.py" "$build/stack.elf" "$build"/*.su
