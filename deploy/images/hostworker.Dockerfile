# The host worker with what virt-sparsify needs: docker build -f deploy/images/hostworker.Dockerfile .
ARG SDK_IMAGE=mcr.microsoft.com/dotnet/sdk:10.0.100
ARG RUNTIME_IMAGE=mcr.microsoft.com/dotnet/aspnet:10.0.0

FROM ${SDK_IMAGE} AS build
WORKDIR /source
COPY . .
RUN dotnet publish services/HostWorker --configuration Release --output /app /p:RestoreLockedMode=true

FROM ${RUNTIME_IMAGE}
# The appliance is built from a kernel in /boot that the worker's user must be able to read.
RUN apt-get update \
    && DEBIAN_FRONTEND=noninteractive apt-get install --yes --no-install-recommends \
        guestfs-tools qemu-utils qemu-system-x86 ntfs-3g libvirt-clients linux-image-virtual \
    && rm -rf /var/lib/apt/lists/* \
    && chmod 0644 /boot/vmlinuz-*
ENV ASPNETCORE_HTTP_PORTS=8080 Sparsify__HostWorker__Scratch=/var/lib/sparsify
VOLUME /var/lib/sparsify
WORKDIR /app
COPY --from=build /app .
EXPOSE 8080
# virt-sparsify finishes its step on SIGINT before the worker ends: stop with a long --stop-timeout, never SIGKILL.
STOPSIGNAL SIGTERM
ENTRYPOINT ["dotnet", "Sparsify.HostWorker.dll"]
