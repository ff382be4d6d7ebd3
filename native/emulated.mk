# The kernel tests on processors that this machine is not. Included by the Makefile; run on Debian
# or Ubuntu, minutes long, and no part of `make test`.
#
# make test-arm    cross-compiles a wheel for 64-bit Arm and runs the tests of the arithmetic in an
#                  emulated Python of that processor, unpacked from Debian's packages below build/
# make test-v2     runs level v2 on an emulated processor of 2008, which has nothing above SSE4.2
# make test-v4     starts native/tests/level.cpp at level v4 as the only process of an emulated
#                  machine with AVX-512 (Bochs, with a kernel of Debian's) and holds all that it
#                  trains and predicts against v2

TESTS_OF_ARITHMETIC := tests/kernels tests/parity tests/gradients/test_benchmark_sizes.py
# An emulator takes half a minute for one network as large as these.
QUICK := not 128-native and not 256-native
NO_WORKERS := -q -p no:cacheprovider -p no:xdist

ARM := build/aarch64
ARM_PYTHON := PYTHONPATH=$(ARM)/site qemu-aarch64 -L $(ARM)/root $(ARM)/root/usr/bin/python3.11
ARM_DEBS := python3.11-minimal libpython3.11-minimal libpython3.11-stdlib libpython3.11-dev libc6 \
	libstdc++6 libgcc-s1 zlib1g libexpat1 libssl3 libffi8 libbz2-1.0 liblzma5 libsqlite3-0 libuuid1
# Lists and state of its own: the machine's packages stay as they are.
ARM_APT = apt-get -qq -o APT::Architecture=arm64 -o APT::Architectures=arm64 \
	-o APT::Sandbox::User=root -o Dir::State=$(CURDIR)/$(ARM)/apt -o Dir::Cache=$(CURDIR)/$(ARM)/apt
ARM_WHEELS := --quiet --target $(ARM)/site --upgrade --only-binary=:all: --python-version 3.11 \
	--platform linux_aarch64 --platform manylinux_2_28_aarch64 --platform manylinux_2_27_aarch64 \
	--platform manylinux_2_17_aarch64 --platform manylinux2014_aarch64
ARM_BUILD := -C build-dir=$(ARM)/cmake -C cmake.define.PYTHON_ROOT=$(CURDIR)/$(ARM)/root \
	-C cmake.define.CMAKE_TOOLCHAIN_FILE=$(CURDIR)/native/cmake/aarch64.cmake

BOCHS := build/bochs
BOCHS_FILES := /usr/lib/x86_64-linux-gnu/bochs/plugins/libbx_term_gui.so \
	/usr/share/bochs/BIOS-bochs-latest /usr/share/bochs/VGABIOS-lgpl-latest \
	/usr/lib/ISOLINUX/isolinux.bin /usr/lib/syslinux/modules/bios/ldlinux.c32
BOCHS_MINUTES ?= 30

.PHONY: test-arm test-v2 test-v4 needs-arm needs-v2 needs-v4

needs-arm: NEEDED := qemu-aarch64 aarch64-linux-gnu-g++ dpkg apt-get
needs-v2: NEEDED := qemu-x86_64
needs-arm needs-v2: PACKAGES := g++-aarch64-linux-gnu qemu-user
needs-v4: NEEDED := bochs $(BOCHS_FILES) xorriso cpio dpkg apt-get
needs-v4: PACKAGES := bochs bochs-term bochsbios vgabios isolinux syslinux-common xorriso cpio
needs-arm needs-v2 needs-v4:
	@for tool in $(NEEDED); do test -e $$tool || command -v $$tool > /dev/null || { echo "$$tool is" \
		"missing: this runs on Debian after apt-get install $(PACKAGES)"; exit 1; }; done

$(ARM)/root/unpacked: | needs-arm
	mkdir -p $(ARM)/apt/lists/partial $(ARM)/apt/archives/partial $(ARM)/debs
	$(ARM_APT) update
	cd $(ARM)/debs && $(ARM_APT) download $(ARM_DEBS)
	for deb in $(ARM)/debs/*.deb; do dpkg -x $$deb $(ARM)/root || exit 1; done
	touch $@

$(ARM)/site/packages: $(ARM)/root/unpacked $(VENV)/tools
	$(BIN)/python -m pip install $(ARM_WHEELS) "numpy>=2.0" "pytest>=8.3" "hypothesis>=6.120"
	touch $@

$(ARM)/site/installed: $(ARM)/site/packages $(NATIVE) $(wildcard native/cmake/*) $(shell find src -name '*.py')
	rm -rf $(ARM)/wheel
	PATH="$(CURDIR)/$(BIN):$$PATH" _PYTHON_HOST_PLATFORM=linux-aarch64 \
		SETUPTOOLS_EXT_SUFFIX=.cpython-311-aarch64-linux-gnu.so $(BIN)/python -m pip wheel . --quiet \
		--no-deps --no-build-isolation $(ARM_BUILD) -w $(ARM)/wheel
	$(BIN)/python -m pip install $(ARM_WHEELS) --no-deps $(ARM)/wheel/*.whl
	touch $@

test-arm: $(ARM)/site/installed
	$(ARM_PYTHON) -c "import rnncomp; print(rnncomp.backend_info())"
	$(ARM_PYTHON) -m pytest $(NO_WORKERS) -k "native-neon and $(QUICK)" $(TESTS_OF_ARITHMETIC)

# NumPy's OpenBLAS looks past the emulator on some machines: it is told which processor this is.
NEHALEM := OPENBLAS_CORETYPE=Nehalem qemu-x86_64 -cpu Nehalem

test-v2: $(VENV)/dev | needs-v2
	$(NEHALEM) $(BIN)/python -c "import rnncomp; print(rnncomp.backend_info())"
	$(NEHALEM) $(BIN)/python -m pytest $(NO_WORKERS) -k "(native-v2 or fit) and $(QUICK)" \
		$(TESTS_OF_ARITHMETIC) tests/training/test_fit.py

$(BOCHS)/kernel/unpacked: | needs-v4
	mkdir -p $(BOCHS)/kernel
	cd $(BOCHS) && apt-get -qq -o APT::Sandbox::User=root download \
		$$(apt-cache depends linux-image-cloud-amd64 | sed -n 's/ *Depends: *//p')
	dpkg -x $(BOCHS)/linux-image-*.deb $(BOCHS)/kernel
	touch $@

# Static programs from the objects of the installed modules.
build/editable/level_v%: $(VENV)/installed native/tests/level.cpp
	PATH="$(CURDIR)/$(BIN):$$PATH" cmake --build build/editable --target level_v$*

$(BOCHS)/machine.iso: build/editable/level_v2 build/editable/level_v4 $(BOCHS)/kernel/unpacked \
		$(wildcard native/bochs/*)
	rm -rf $(BOCHS)/disc && mkdir $(BOCHS)/disc
	cp $(BOCHS)/kernel/boot/vmlinuz-* $(BOCHS)/disc/vmlinuz
	build/editable/level_v2 write $(BOCHS)/results
	cp build/editable/level_v4 $(BOCHS)/init
	cd $(BOCHS) && printf '%s\n' init results | cpio --quiet -o -H newc > disc/initrd
	cp native/bochs/isolinux.cfg $(filter %.bin %.c32,$(BOCHS_FILES)) $(BOCHS)/disc
	xorriso -as mkisofs -quiet -o $@ -b isolinux.bin -c boot.cat -no-emul-boot -boot-load-size 4 \
		-boot-info-table $(BOCHS)/disc

# Debian's Bochs has the debugger, which waits for "continue"; it takes no notice of SIGTERM.
test-v4: $(BOCHS)/machine.iso
	cp native/bochs/bochsrc $(BOCHS) && echo continue > $(BOCHS)/debugger && rm -f $(BOCHS)/serial.txt
	-cd $(BOCHS) && TERM=vt100 timeout -s KILL $(BOCHS_MINUTES)m bochs -q -f bochsrc -rc debugger \
		> screen.txt 2>&1 < /dev/null
	cat $(BOCHS)/serial.txt
	@grep -q "^v4 passed" $(BOCHS)/serial.txt
