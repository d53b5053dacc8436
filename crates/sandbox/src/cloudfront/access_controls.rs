//! The operations on origin access controls.

use super::access_control::OriginAccessControl;
use super::error;
use super::owned::Owned;
use super::schema::complete;
use super::shapes::ORIGIN_ACCESS_CONTROL_CONFIG;
use super::state::State;
use super::version::check_version;
use super::xml::Element;
use crate::service::ServiceError;

impl State {
    /// An account's origin access control.
    pub fn access_control(&self, owned: Owned<'_>) -> Result<&OriginAccessControl, ServiceError> {
        self.accounts
            .get(owned.account)
            .and_then(|account| account.origin_access_controls.get(owned.id))
            .ok_or_else(error::no_access_control)
    }

    /// An account's origin access controls, oldest first.
    pub fn list_access_controls(&self, account: &str) -> Vec<&OriginAccessControl> {
        let held = self.accounts.get(account);
        let mut list: Vec<&OriginAccessControl> = held
            .into_iter()
            .flat_map(|account| account.origin_access_controls.values())
            .collect();
        list.sort_by_key(|control| control.sequence);
        list
    }

    /// Makes one and gives its id.
    pub fn create_access_control(
        &mut self,
        account: &str,
        config: &Element,
    ) -> Result<String, ServiceError> {
        let config = checked(config)?;
        let name = config.text_at("Name").to_owned();
        self.check_name_is_free(account, &name, None)?;
        if self.list_access_controls(account).len() >= self.limits.origin_access_controls {
            return Err(error::error(
                400,
                "TooManyOriginAccessControls",
                "Processing your request will cause you to exceed the maximum number of origin access controls allowed.",
            ));
        }
        let id = self.new_id("origin access control", account, &name);
        let sequence = self.next_sequence();
        let control = OriginAccessControl {
            id: id.clone(),
            config,
            revision: 1,
            sequence,
        };
        let held = self.accounts.entry(account.to_owned()).or_default();
        held.origin_access_controls.insert(id.clone(), control);
        Ok(id)
    }

    /// Replaces its configuration.
    pub fn update_access_control(
        &mut self,
        owned: Owned<'_>,
        config: &Element,
        if_match: Option<&str>,
    ) -> Result<(), ServiceError> {
        check_version(&self.access_control(owned)?.etag(), if_match)?;
        let config = checked(config)?;
        self.check_name_is_free(owned.account, config.text_at("Name"), Some(owned.id))?;
        let held = self.accounts.get_mut(owned.account);
        let control = held
            .and_then(|account| account.origin_access_controls.get_mut(owned.id))
            .ok_or_else(error::no_access_control)?;
        let kind = "OriginAccessControlOriginType";
        if control.config.text_at(kind) != config.text_at(kind) {
            return Err(error::illegal_update(
                "The update contains modifications that are not allowed.",
            ));
        }
        control.config = config;
        control.revision += 1;
        Ok(())
    }

    /// Deletes one that no distribution names.
    pub fn delete_access_control(
        &mut self,
        owned: Owned<'_>,
        if_match: Option<&str>,
    ) -> Result<(), ServiceError> {
        check_version(&self.access_control(owned)?.etag(), if_match)?;
        if self.users_of_access_control(owned) > 0 {
            return Err(error::error(
                409,
                "OriginAccessControlInUse",
                "Cannot delete the origin access control because it's in use by one or more distributions.",
            ));
        }
        if let Some(held) = self.accounts.get_mut(owned.account) {
            held.origin_access_controls.remove(owned.id);
        }
        Ok(())
    }

    /// How many distributions name it.
    pub(super) fn users_of_access_control(&self, owned: Owned<'_>) -> usize {
        let names_it = |config: &Element| {
            config
                .items("Origins")
                .iter()
                .any(|origin| origin.text_at("OriginAccessControlId") == owned.id)
        };
        self.list(owned.account)
            .iter()
            .filter(|distribution| names_it(&distribution.config))
            .count()
    }

    fn check_name_is_free(
        &self,
        account: &str,
        name: &str,
        own: Option<&str>,
    ) -> Result<(), ServiceError> {
        let taken = self.list_access_controls(account).iter().any(|control| {
            control.config.text_at("Name") == name && Some(control.id.as_str()) != own
        });
        if !taken {
            return Ok(());
        }
        Err(error::error(
            409,
            "OriginAccessControlAlreadyExists",
            "An origin access control with the same name already exists.",
        ))
    }
}

fn checked(config: &Element) -> Result<Element, ServiceError> {
    let config = complete(config, &ORIGIN_ACCESS_CONTROL_CONFIG)?;
    let name = config.text_at("Name");
    if name.is_empty() || name.chars().count() > 64 {
        return Err(error::argument(
            "The parameter Name must have between 1 and 64 characters.",
        ));
    }
    if config.text_at("Description").chars().count() > 256 {
        return Err(error::argument(
            "The parameter Description can have up to 256 characters.",
        ));
    }
    Ok(config)
}
