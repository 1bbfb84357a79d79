using MassTransit;
using MassTransit.Configuration;
using MassTransit.Saga;

namespace Sparsify.Messaging;

/// <summary>Keeps a saga in an EF Core context.</summary>
public static class EntityFrameworkSagaRepositoryRegistrationExtensions
{
    /// <summary>
    /// Keeps <typeparamref name="TSaga"/> in <typeparamref name="TDbContext"/> with optimistic concurrency. Map
    /// <see cref="ISagaVersion.Version"/> as the concurrency token.
    /// </summary>
    public static ISagaRegistrationConfigurator<TSaga> EntityFrameworkRepository<TSaga, TDbContext>(this ISagaRegistrationConfigurator<TSaga> configurator)
        where TSaga : class, ISaga
        where TDbContext : MessagingDbContext
    {
        ArgumentNullException.ThrowIfNull(configurator);
        return configurator.Repository(repository =>
        {
            repository.RegisterLoadSagaRepository<TSaga, SagaRepositoryContextFactory<TSaga, TDbContext>>();
            repository.RegisterQuerySagaRepository<TSaga, SagaRepositoryContextFactory<TSaga, TDbContext>>();
            repository.RegisterSagaRepository<TSaga, TDbContext, SagaConsumeContextFactory<TDbContext, TSaga>, SagaRepositoryContextFactory<TSaga, TDbContext>>();
        });
    }
}
