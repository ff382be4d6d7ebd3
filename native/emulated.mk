# The kernel tests on processors that this machine is not. Included by the Makefile; run on Debian
# or Ubuntu, minutes long, and no part of `make test`.
#
# make test-arm    cross-compiles a wheel for 64-bit Arm and runs the tests of the arithmetic in an
#                  emulated Python of that processor, unpacked from Debian's packages below build/
# make test-v2     runs level v2 on an emulated processor of 2008, which has nothing above SSE4.2

TESTS_OF_ARITHMETIC := tests/kernels tests/parity tests/gradients/test_benchmark_sizes.py
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

.PHONY: test-arm test-v2 needs-arm needs-v2

needs-arm: NEEDED := qemu-aarch64 aarch64-linux-gnu-g++ dpkg apt-get
needs-v2: NEEDED := qemu-x86_64
needs-arm needs-v2:
	@for tool in $(NEEDED); do command -v $$tool > /dev/null || { echo "$$tool is missing: this" \
		"runs on Debian or Ubuntu after apt-get install g++-aarch64-linux-gnu qemu-user"; exit 1; }; done

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
	$(ARM_PYTHON) -m pytest $(NO_WORKERS) -k native-neon $(TESTS_OF_ARITHMETIC)

test-v2: $(VENV)/dev | needs-v2
	qemu-x86_64 -cpu Nehalem $(BIN)/python -c "import rnncomp; print(rnncomp.backend_info())"
	qemu-x86_64 -cpu Nehalem $(BIN)/python -m pytest $(NO_WORKERS) -k "native-v2 or fit" \
		$(TESTS_OF_ARITHMETIC) tests/training/test_fit.py
