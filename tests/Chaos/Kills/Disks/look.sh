# Says in sections what is on some disks of one layout. Runs inside the appliance. $replays has a word for each disk: with
# 1 its file systems are mounted once for writing before they are checked, as a guest's next start does.

: "${group:?}" "${replays:?}"

# Under load the kernel names the disks in another order.
disk() { # INDEX
    for name in /sys/block/sd?; do
        case $(readlink "$name/device") in *":0:$1:0") echo "/dev/${name##*/}" ;; esac
    done
}
# The disks are copies of one another, and LVM takes no group that it sees twice.
lvm_on() {
    lvm "$@" --config "devices { filter=[ \"a|^$disk|\", \"r|.*|\" ] }" 2>/dev/null
}
each() {
    "$1" 'ext4 /dev/sda1' "${disk}1" 'e2fsck -fn'
    "$1" 'xfs /dev/sda2' "${disk}2" 'xfs_repair -n'
    "$1" 'ntfs /dev/sda3' "${disk}3" 'ntfsfix -n'
    "$1" "ext4 /dev/$group/root" "/dev/$group/root" 'e2fsck -fn'
}
start() { mount "$2" /sysroot && umount /sysroot; }
check() {
    echo "== $index check $1"
    $3 "$2" 2>&1
    echo "code $?"
}
files() {
    echo "== $index files $1"
    mount -o ro "$2" /sysroot 2>&1 && (cd /sysroot && find . -type f -print0 | sort -z | xargs -0 sha256sum) && umount /sysroot
}

mkdir -p /sysroot
lvm vgchange -an >/dev/null 2>&1
index=0
for replay in $replays; do
    disk=$(disk "$index")
    lvm_on vgchange -ay "$group" >/dev/null
    udevadm settle
    echo "== $index volumes"
    lvm_on lvs --noheadings --separator / -o vg_name,lv_name,lv_size,lv_uuid
    echo "== $index swap /dev/sda4"
    head -c 4096 "${disk}4" | sha256sum
    echo "== $index swap /dev/$group/swap"
    head -c 4096 "/dev/$group/swap" | sha256sum
    if [ "$replay" = 1 ]; then each start; fi
    each check
    each files
    lvm_on vgchange -an "$group" >/dev/null
    index=$((index + 1))
done
exit 0
