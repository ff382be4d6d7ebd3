# Toolchain file: Debian's cross compiler for 64-bit Arm. PYTHON_ROOT holds an unpacked Python of
# that processor; its headers come last, so that they never stand before the compiler's own.
set(CMAKE_SYSTEM_NAME Linux)
set(CMAKE_SYSTEM_PROCESSOR aarch64)
set(CMAKE_CXX_COMPILER aarch64-linux-gnu-g++)
set(CMAKE_TRY_COMPILE_PLATFORM_VARIABLES PYTHON_ROOT)
set(Python_INCLUDE_DIR ${PYTHON_ROOT}/usr/include/python3.11)
set(CMAKE_CXX_FLAGS_INIT "-idirafter ${PYTHON_ROOT}/usr/include")
