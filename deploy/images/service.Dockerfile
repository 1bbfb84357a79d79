# API, Orchestrator and Scanner: docker build -f deploy/images/service.Dockerfile --build-arg SERVICE=Api .
ARG SDK_IMAGE=mcr.microsoft.com/dotnet/sdk:10.0.100
ARG RUNTIME_IMAGE=mcr.microsoft.com/dotnet/aspnet:10.0.0

FROM ${SDK_IMAGE} AS build
ARG SERVICE
WORKDIR /source
COPY . .
RUN dotnet publish "services/${SERVICE}" --configuration Release --output /app /p:RestoreLockedMode=true

FROM ${RUNTIME_IMAGE}
ARG SERVICE
ENV SERVICE=${SERVICE} ASPNETCORE_HTTP_PORTS=8080
WORKDIR /app
COPY --from=build /app .
# The runtime image brings this unprivileged user.
USER app
EXPOSE 8080
ENTRYPOINT ["sh", "-c", "exec dotnet \"Sparsify.$SERVICE.dll\""]
