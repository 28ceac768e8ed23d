// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * t_file.c - core/file: what a run folder may not make us open, and results that appear whole
 *
 * The confinement tests run twice: as they are, and in a child whose kernel says it has no openat2().
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <signal.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include "core/file.h"
#include "tests/unit/check.h"
#include "tests/unit/scratch.h"

static void check_content(const char *path, const char *want, const char *file, int line)
{
	struct buf b = { .limit = 0 };
	struct err err = { 0 };

	check_report(!file_slurp(&b, path, 1 << 20, &err), file, line, "slurp");
	check_str(b.data ? b.data : "", want, file, line, path);
	buf_free(&b);
}
#define CONTENT(path, want) check_content(path, want, __FILE__, __LINE__)

static int entries(const char *path)
{
	DIR *d = opendir(path);
	int n = -2;

	while (d && readdir(d))
		n++;
	if (d)
		closedir(d);
	return n;
}

static void make_tree(void)
{
	struct sockaddr_un sa = { .sun_family = AF_UNIX, .sun_path = "run/socket" };
	int s = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

	CHECK(!mkdir("run", 0755) && !mkdir("run/a", 0755) && !mkdir("run/a/b", 0755) && !mkdir("out", 0755));
	put("run/a/b/file", STR_LIT("inside"));
	put("run/top", STR_LIT("top"));
	put("out/secret", STR_LIT("secret"));
	CHECK(!symlink("../out/secret", "run/link") && !symlink("top", "run/link_inside") &&
	      !symlink("../out", "run/dirlink"));
	CHECK(!symlink("a", "run/dirlink_inside") && !symlink("/etc/passwd", "run/abs") &&
	      !symlink("loop", "run/loop"));
	CHECK(!symlink("/proc/self/root", "run/magic") && !mkfifo("run/fifo", 0644) &&
	      !symlink("/dev/zero", "run/zero"));
	CHECK(bind(s, (struct sockaddr *)&sa, sizeof(sa)) == 0);
	close(s);
}

static void opened(int root, const char *path, off_t size)
{
	struct err err = { 0 };
	struct stat st;
	int fd;

	CHECK(!file_open_beneath(&fd, root, path, &st, &err));
	CHECK(fd >= 0 && st.st_size == size && (fcntl(fd, F_GETFD) & FD_CLOEXEC));
	close(fd);
}

static void refused(int root, const char *path, const char *word)
{
	struct err err = { 0 };
	struct stat st;
	int fd;

	CHECK(file_open_beneath(&fd, root, path, &st, &err) == ERR_IO && fd == -1);
	if (!strstr(err.msg, word))
		fprintf(stderr, "%s: %s\n", path, err.msg);
	CHECK(strstr(err.msg, word) != NULL);
}

static void confinement(void)
{
	char longest[400], deep[300];
	struct err err = { 0 };
	int root;

	CHECK(!file_open_root(&root, "run", &err));
	opened(root, "top", 3);
	opened(root, "a/b/file", 6);
	refused(root, "link", "symbolic link");
	refused(root, "link_inside", "symbolic link");
	refused(root, "dirlink/secret", "symbolic link");
	refused(root, "dirlink_inside/b/file", "symbolic link");
	refused(root, "abs", "symbolic link");
	refused(root, "loop", "symbolic link");
	refused(root, "magic/etc/passwd", "symbolic link");
	refused(root, "zero", "symbolic link");
	refused(root, "fifo", "regular");
	refused(root, "socket", "regular");
	refused(root, "a", "regular");
	refused(root, "a/b", "regular");
	refused(root, "top/x", "Not a directory");
	refused(root, "missing", "No such file");
	refused(root, "a/missing/x", "No such file");
	refused(root, "..", "leaves");
	refused(root, "../out/secret", "leaves");
	refused(root, "a/../top", "leaves");
	refused(root, "a/..", "leaves");
	refused(root, "/etc/passwd", "leaves");
	refused(root, "", "leaves");
	refused(root, ".", "leaves");
	refused(root, "./top", "leaves");
	refused(root, "a//b/file", "leaves");
	refused(root, "a/", "leaves");
	memset(longest, 'x', sizeof(longest));
	longest[sizeof(longest) - 1] = 0;
	refused(root, longest, "too long");
	memcpy(longest + 300, "/y", 3);
	refused(root, longest, "too long");
	snprintf(deep, sizeof(deep), "a/%s", "..x");
	refused(root, deep, "No such file");
	close(root);
	CHECK(file_open_root(&root, "run/top", &err) == ERR_IO && root == -1);
	CHECK(file_open_root(&root, "nothing", &err) == ERR_IO && strstr(err.msg, "nothing"));
}

/* From here on openat2() is "not implemented" for this process. */
static bool without_openat2(void)
{
	struct sock_filter code[] = {
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_openat2, 0, 1),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | ENOSYS),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
	};
	struct sock_fprog prog = { .len = sizeof(code) / sizeof(code[0]), .filter = code };

	return prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 && prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &prog) == 0 &&
	       syscall(SYS_openat2, AT_FDCWD, ".", NULL, 0) == -1 && errno == ENOSYS;
}

static void confinement_fallback(void)
{
	pid_t pid = fork();
	int status = -1;

	if (pid == 0) {
		check_failed = 0;
		if (!without_openat2())
			_exit(77);
		confinement();
		_exit(check_failed ? 1 : 0);
	}
	CHECK(pid > 0 && waitpid(pid, &status, 0) == pid && WIFEXITED(status));
	if (WEXITSTATUS(status) == 77)
		printf("skipped: the fallback of openat2 (seccomp filters are not available)\n");
	else
		CHECK(WEXITSTATUS(status) == 0);
}

static void check_sha(int fd, size_t n, const char *want)
{
	unsigned char digest[FILE_SHA256];
	char hex[2 * FILE_SHA256 + 1];
	struct err err = { 0 };

	CHECK(ftruncate(fd, (off_t)n) == 0 && lseek(fd, 5, SEEK_SET) == 5);
	CHECK(!file_sha256(fd, digest, &err) && lseek(fd, 0, SEEK_CUR) == 5);
	file_hex(hex, digest, sizeof(digest));
	CHECK_STR(hex, want);
}

/* FIPS 180-4's examples. */
static void sha256(void)
{
	unsigned char digest[FILE_SHA256];
	int fd = open("sum", O_RDWR | O_CREAT | O_CLOEXEC, 0600), end[2];
	char *million = malloc(1000000);
	struct err err = { 0 };

	check_sha(fd, 0, "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
	CHECK(pwrite(fd, "abc", 3, 0) == 3);
	check_sha(fd, 3, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
	memset(million, 'a', 1000000);
	CHECK(pwrite(fd, million, 1000000, 0) == 1000000);
	check_sha(fd, 1000000, "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0");
	free(million);
	close(fd);
	CHECK(pipe(end) == 0 && file_sha256(end[0], digest, &err) == ERR_IO);
	close(end[0]);
	close(end[1]);
	CHECK(unlink("sum") == 0);
}

static void replace(void)
{
	struct err err = { 0 };
	struct stat st;

	CHECK(!mkdir("res", 0755));
	umask(027);
	CHECK(!file_replace("res/r", STR_LIT("one"), &err));
	umask(022);
	CONTENT("res/r", "one");
	CHECK(stat("res/r", &st) == 0 && (st.st_mode & 0777) == 0640);
	CHECK(!file_replace("res/r", STR_LIT("two"), &err));
	CONTENT("res/r", "two");
	CHECK(!file_replace("res/r", STR_LIT(""), &err));
	CONTENT("res/r", "");
	CHECK(entries("res") == 1);
	/* A link is replaced, what it points to stays. */
	CHECK(!symlink("../out/secret", "res/l") && !file_replace("res/l", STR_LIT("mine"), &err));
	CHECK(lstat("res/l", &st) == 0 && S_ISREG(st.st_mode));
	CONTENT("out/secret", "secret");
	CHECK(!file_replace("here", STR_LIT("cwd"), &err));
	CONTENT("here", "cwd");
	CHECK(file_replace("missing/r", STR_LIT("x"), &err) == ERR_OUTPUT && strstr(err.msg, "missing/r"));
	CHECK(file_replace("res", STR_LIT("x"), &err) == ERR_OUTPUT);
	CHECK(entries("res") == 2);
}

/* Through links in the scratch folder: should a rename happen after all, it does not happen in /dev. */
static void replace_devices(void)
{
	struct err err = { 0 };
	struct stat st;

	CHECK(!symlink("/dev/full", "full") && !symlink("/dev/null", "null"));
	CHECK(file_replace("full", STR_LIT("x"), &err) == ERR_OUTPUT && strstr(err.msg, "'full': No space left"));
	CHECK(!file_replace("null", STR_LIT("x"), &err));
	CHECK(lstat("full", &st) == 0 && S_ISLNK(st.st_mode) && lstat("null", &st) == 0 && S_ISLNK(st.st_mode));
}

/* The disk is full in the middle: the old file is there, the temporary one is not. */
static void replace_full(void)
{
	struct rlimit old, small = { 4096, 4096 };
	struct err err = { 0 };
	char *data = calloc(1, 100000);
	pid_t pid;
	int status;

	CHECK(data && !getrlimit(RLIMIT_FSIZE, &old));
	CHECK(!file_replace("res/r", STR_LIT("old"), &err));
	pid = fork();
	if (pid == 0) {
		signal(SIGXFSZ, SIG_IGN);
		if (setrlimit(RLIMIT_FSIZE, &small))
			_exit(2);
		_exit(file_replace("res/r", (struct str){ data, 100000 }, &err) == ERR_OUTPUT &&
				      strstr(err.msg, "res/r")
			      ? 0
			      : 1);
	}
	CHECK(pid > 0 && waitpid(pid, &status, 0) == pid && WIFEXITED(status) && WEXITSTATUS(status) == 0);
	CONTENT("res/r", "old");
	CHECK(entries("res") == 2);
	free(data);
}

static void mkdirs(void)
{
	char cwd[4096], path[4200];
	struct err err = { 0 };
	struct stat st;

	CHECK(!file_mkdirs("m/n//o/", &err) && stat("m/n/o", &st) == 0 && S_ISDIR(st.st_mode));
	CHECK(!file_mkdirs("m/n/o", &err) && !file_mkdirs(".", &err) && !file_mkdirs("/", &err) &&
	      !file_mkdirs("", &err));
	CHECK(getcwd(cwd, sizeof(cwd)) != NULL);
	snprintf(path, sizeof(path), "%s/m/abs/x", cwd);
	CHECK(!file_mkdirs(path, &err) && stat("m/abs/x", &st) == 0);
	CHECK(file_mkdirs("run/top/x", &err) == ERR_OUTPUT && strstr(err.msg, "run/top"));
	CHECK(file_mkdirs("run/top", &err) == ERR_OUTPUT);
	CHECK(!symlink("m", "mlink") && !file_mkdirs("mlink/p", &err) && stat("m/p", &st) == 0);
}

static void slurp(void)
{
	struct buf b = { .limit = 0 };
	struct err err = { 0 };

	put("conf", STR_LIT("0123456789"));
	CHECK(!file_slurp(&b, "conf", 10, &err) && str_is(buf_view(&b), "0123456789"));
	buf_reset(&b);
	CHECK(file_slurp(&b, "conf", 9, &err) == ERR_LIMIT && strstr(err.msg, "conf"));
	CHECK(file_slurp(&b, "nothing", 9, &err) == ERR_IO && strstr(err.msg, "nothing"));
	CHECK(file_slurp(&b, "run", 9, &err) == ERR_IO && file_slurp(&b, "run/fifo", 9, &err) == ERR_IO);
	buf_free(&b);
}

static void folder(void)
{
	static const char *const want[][2] = {
		{ "a/b/c", "a/b" }, { "c", "." }, { "/c", "/" }, { "/a/c", "/a" }, { "a/", "a" }
	};

	for (size_t i = 0; i < sizeof(want) / sizeof(want[0]); i++) {
		char *got = file_folder(want[i][0]);

		CHECK_STR(got, want[i][1]);
		free(got);
	}
}

int main(void)
{
	scratch_enter("t_file");
	make_tree();
	confinement();
	confinement_fallback();
	sha256();
	replace();
	replace_devices();
	replace_full();
	mkdirs();
	slurp();
	folder();
	scratch_leave();
	return check_done();
}
